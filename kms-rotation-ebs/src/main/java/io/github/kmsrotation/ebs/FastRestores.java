package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.DescribeFastSnapshotRestoreSuccessItem;
import software.amazon.awssdk.services.ec2.model.EnableFastSnapshotRestoreErrorItem;
import software.amazon.awssdk.services.ec2.model.EnableFastSnapshotRestoresResponse;
import software.amazon.awssdk.services.ec2.model.FastSnapshotRestoreStateCode;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Fast snapshot restore of the run's snapshots, in the Availability Zone of the volumes. A volume
 * has the benefit only if there is a volume creation credit; there is none when it is enabled, and
 * they come at the rate of 1024 GiB / size an hour, at most 10 an hour.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/ebs/latest/userguide/volume-creation-credits.html">Volume
 *     creation credits</a>
 */
final class FastRestores {

  static final String ENABLE = "ec2:EnableFastSnapshotRestores";
  static final String DISABLE = "ec2:DisableFastSnapshotRestores";

  private static final int GIB_OF_A_CREDIT_IN_AN_HOUR = 1024;
  private static final int MOST_CREDITS_AN_HOUR = 10;
  private static final Duration HOUR = Duration.ofHours(1);

  private final EbsStep.Env env;

  FastRestores(EbsStep.Env env) {
    this.env = env;
  }

  /** What is still to be waited for; empty once every snapshot has it, and a credit. */
  Optional<StepOutcome> enable(StepContext context) {
    Optional<String> zone = zone(context);
    if (zone.isEmpty()) {
      return Optional.of(EbsStep.gone("The volume " + env.subject().disks().get(0).volumeId()));
    }
    List<Snapshot> snapshots = env.snapshots(context);
    Map<String, DescribeFastSnapshotRestoreSuccessItem> found =
        found(context, snapshots, zone.get());
    List<String> without = new ArrayList<>();
    for (Snapshot snapshot : snapshots) {
      DescribeFastSnapshotRestoreSuccessItem restore = found.get(snapshot.snapshotId());
      if (restore == null || !isOn(restore)) {
        without.add(snapshot.snapshotId());
      }
    }
    if (!without.isEmpty()) {
      return Optional.of(request(context, without, zone.get(), found));
    }
    return snapshots.stream()
        .flatMap(snapshot -> rest(context, snapshot, found).stream())
        .findFirst();
  }

  private Optional<String> zone(StepContext context) {
    return env.ec2()
        .volume(context, env.subject().disks().get(0).volumeId())
        .map(Volume::availabilityZone);
  }

  private Map<String, DescribeFastSnapshotRestoreSuccessItem> found(
      StepContext context, List<Snapshot> snapshots, String zone) {
    List<String> ids = snapshots.stream().map(Snapshot::snapshotId).toList();
    return ids.isEmpty()
        ? Map.of()
        : env.ec2().fastRestores(context, ids, zone).stream()
            .collect(
                Collectors.toMap(
                    DescribeFastSnapshotRestoreSuccessItem::snapshotId,
                    Function.identity(),
                    (a, b) -> isOn(a) ? a : b));
  }

  private static boolean isOn(DescribeFastSnapshotRestoreSuccessItem restore) {
    return restore.state() == FastSnapshotRestoreStateCode.ENABLING
        || restore.state() == FastSnapshotRestoreStateCode.OPTIMIZING
        || restore.state() == FastSnapshotRestoreStateCode.ENABLED;
  }

  private StepOutcome request(
      StepContext context,
      List<String> snapshotIds,
      String zone,
      Map<String, DescribeFastSnapshotRestoreSuccessItem> found) {
    String resource = resource();
    if (EbsStep.isSettling(context, ENABLE, resource)) {
      return env.waitFor("ec2:FastSnapshotRestoreEnabled", resource, "requested, not shown yet");
    }
    boolean isRefusedByEbs =
        snapshotIds.stream().anyMatch(found::containsKey)
            && context
                .lastSent(ENABLE, resource)
                .filter(sent -> !sent.isBefore(context.begunAt()))
                .isPresent();
    if (isRefusedByEbs) {
      return notEnabled(
          snapshotIds.stream()
              .filter(found::containsKey)
              .map(id -> id + ": " + reason(found, id))
              .collect(Collectors.joining("; ")));
    }
    EnableFastSnapshotRestoresResponse answer =
        context.mutate(
            ENABLE,
            resource,
            () ->
                env.ec2()
                    .client()
                    .enableFastSnapshotRestores(
                        r -> r.sourceSnapshotIds(snapshotIds).availabilityZones(zone)));
    return answer.unsuccessful().isEmpty()
        ? env.waitFor("ec2:FastSnapshotRestoreEnabled", resource, "requested")
        : notEnabled(
            answer.unsuccessful().stream()
                .map(FastRestores::text)
                .collect(Collectors.joining("; ")));
  }

  private static String reason(
      Map<String, DescribeFastSnapshotRestoreSuccessItem> found, String snapshotId) {
    return Optional.ofNullable(found.get(snapshotId))
        .map(DescribeFastSnapshotRestoreSuccessItem::stateTransitionReason)
        .orElse("no reason told");
  }

  private static String text(EnableFastSnapshotRestoreErrorItem item) {
    return item.snapshotId()
        + ": "
        + item.fastSnapshotRestoreStateErrors().stream()
            .map(of -> of.error().code() + ", " + of.error().message())
            .collect(Collectors.joining(", "));
  }

  private StepOutcome notEnabled(String why) {
    return StepOutcome.blocked(
        "Fast snapshot restore was not enabled: " + why + ".",
        "The originals are untouched. A Region has a quota of snapshots that are restored fast: see"
            + " to it and resume, or roll back and do without.");
  }

  private Optional<StepOutcome> rest(
      StepContext context,
      Snapshot snapshot,
      Map<String, DescribeFastSnapshotRestoreSuccessItem> found) {
    DescribeFastSnapshotRestoreSuccessItem restore = found.get(snapshot.snapshotId());
    if (restore == null) {
      return Optional.empty();
    }
    if (restore.state() != FastSnapshotRestoreStateCode.ENABLED) {
      return Optional.of(
          env.waitFor(
              "ec2:FastSnapshotRestoreEnabled", snapshot.snapshotId(), restore.stateAsString()));
    }
    Instant credited = restore.enabledTime().plus(creditAfter(snapshot.volumeSize()));
    return context.clock().instant().isBefore(credited)
        ? Optional.of(
            env.waitFor(
                "ec2:FastSnapshotRestoreCredited",
                snapshot.snapshotId(),
                "enabled, without a volume creation credit until " + credited))
        : Optional.empty();
  }

  static Duration creditAfter(int snapshotGib) {
    Duration byRate = HOUR.multipliedBy(snapshotGib).dividedBy(GIB_OF_A_CREDIT_IN_AN_HOUR);
    Duration least = HOUR.dividedBy(MOST_CREDITS_AN_HOUR);
    return byRate.compareTo(least) > 0 ? byRate : least;
  }

  /** What is still to be waited for; empty once none of the snapshots has it. */
  Optional<StepOutcome> disable(StepContext context) {
    List<Snapshot> snapshots = env.snapshots(context);
    Optional<String> zone = zone(context);
    if (zone.isEmpty() || snapshots.isEmpty()) {
      // Without its snapshot there is no fast restore of it.
      return Optional.empty();
    }
    List<DescribeFastSnapshotRestoreSuccessItem> left =
        found(context, snapshots, zone.get()).values().stream()
            .filter(restore -> restore.state() != FastSnapshotRestoreStateCode.DISABLED)
            .toList();
    if (left.isEmpty()) {
      return EbsStep.isSettling(context, ENABLE, resource())
          ? Optional.of(
              env.waitFor("ec2:FastSnapshotRestoreFound", resource(), "requested, not shown yet"))
          : Optional.empty();
    }
    List<String> on =
        left.stream()
            .filter(FastRestores::isOn)
            .map(DescribeFastSnapshotRestoreSuccessItem::snapshotId)
            .toList();
    if (!on.isEmpty() && !EbsStep.isSettling(context, DISABLE, resource())) {
      context.mutate(
          DISABLE,
          resource(),
          () ->
              env.ec2()
                  .client()
                  .disableFastSnapshotRestores(
                      r -> r.sourceSnapshotIds(on).availabilityZones(zone.get())));
    }
    return Optional.of(
        env.waitFor("ec2:FastSnapshotRestoreDisabled", resource(), left.get(0).stateAsString()));
  }

  private String resource() {
    return env.plan().targetId();
  }
}
