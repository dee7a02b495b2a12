package io.github.kmsrotation.ebs;

/** Options that do not go together. */
final class Contradictions {

  private Contradictions() {}

  /**
   * @throws IllegalArgumentException saying which to leave out, and why
   */
  static void refuse(EbsOptions options) {
    refuseOfCopies(options);
    refuseOfWays(options);
    if (options.isLosingWritesAccepted()) {
      refuseOfLoss(options);
    }
  }

  private static void refuseOfCopies(EbsOptions options) {
    refuseIf(
        options.copier().isPresent()
            && (options.stopsInstance()
                || options.replacesRootVolume()
                || options.trafficSwitch().isPresent()),
        "copyWith(...) needs the instance to run, and keeps it: leave stopInstance(),"
            + " replaceRootVolume() and newInstance(...) out.");
    refuseIf(
        options.copier().isPresent()
            && (options.initializationRate().isPresent()
                || options.restoresFast()
                || options.copiesVolumes()
                || options.deletesFinalSnapshots()),
        "copyWith(...) makes no snapshots: leave volumeInitializationRate(...),"
            + " fastSnapshotRestore(), copyVolumes() and deleteFinalSnapshots() out.");
    refuseIf(
        options.copier().isEmpty() && options.newSize().isPresent(),
        "newVolumeSize(...) is for copyWith(...): what is made from a snapshot has its size.");
  }

  private static void refuseOfWays(EbsOptions options) {
    boolean isInitialized = options.initializationRate().isPresent();
    refuseIf(
        options.stopsInstance() && options.writeFreeze().isPresent(),
        "Give stopInstance() or writeFreeze(...), not both: an instance that is stopped writes"
            + " nothing.");
    refuseIf(
        isInitialized && options.restoresFast(),
        "Give fastSnapshotRestore() or volumeInitializationRate(...), not both: AWS would"
            + " initialize at the rate, and bill both.");
    refuseIf(
        options.copiesVolumes() && (options.restoresFast() || isInitialized),
        "fastSnapshotRestore() and volumeInitializationRate(...) are for volumes made from"
            + " snapshots: give none of them with copyVolumes().");
    refuseIf(
        options.replacesRootVolume() && options.trafficSwitch().isPresent(),
        "Give newInstance(...) or replaceRootVolume(), not both: a new instance has a root volume"
            + " of its own.");
    refuseIf(
        options.trafficSwitch().isPresent() && (options.copiesVolumes() || options.restoresFast()),
        "The launch of a new instance makes its volumes, from the snapshots of an AMI: leave"
            + " copyVolumes() and fastSnapshotRestore() out with newInstance(...).");
  }

  private static void refuseOfLoss(EbsOptions options) {
    refuseIf(
        options.trafficSwitch().isEmpty() && !options.replacesRootVolume(),
        "iAcceptLosingWritesMadeAfterTheSnapshot() is for newInstance(...) and"
            + " replaceRootVolume() only: any other way stops writes, or is refused.");
    // A root volume that no task can replace is swapped while the instance is stopped.
    refuseIf(
        options.writeFreeze().isPresent()
            || (options.stopsInstance() && options.trafficSwitch().isPresent()),
        "Give iAcceptLosingWritesMadeAfterTheSnapshot(), or what stops writes (stopInstance() or"
            + " writeFreeze(...)), not both: nothing is lost then.");
  }

  private static void refuseIf(boolean isContradiction, String text) {
    if (isContradiction) {
      throw new IllegalArgumentException(text);
    }
  }
}
