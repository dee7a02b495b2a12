package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.SnapshotState;
import software.amazon.awssdk.services.ec2.model.Volume;

/** The new instance and its volumes, once the step that launches it is done. */
final class Successor {

  private Successor() {}

  static String id(StepContext context) {
    return context.factsOf(LaunchStep.ID).find(LaunchStep.INSTANCE_ID).orElseThrow();
  }

  /** Its volumes by device. */
  static Map<String, Volume> volumes(EbsStep.Env env, StepContext context, String instanceId) {
    return env.ec2().volumesOf(context, instanceId).stream()
        .flatMap(
            volume ->
                Fitness.attachmentTo(volume, instanceId).stream()
                    .map(attachment -> Map.entry(attachment.device(), volume)))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a));
  }

  /** What keeps it from taking, or holding, the original's place; empty if nothing does. */
  static Optional<StepOutcome> unfit(EbsStep.Env env, StepContext context) {
    String id = id(context);
    Optional<Instance> instance = env.ec2().instance(context, id);
    if (instance.isEmpty() || instance.get().state().name() != InstanceStateName.RUNNING) {
      return blocked(
          "The new instance "
              + id
              + " is "
              + instance.map(i -> i.state().nameAsString()).orElse("not there any more")
              + ".",
          "The original is left as it is. Bring the new one to running and resume, or roll back.");
    }
    Map<String, Volume> volumes = volumes(env, context, id);
    for (Disk disk : env.subject().disks()) {
      Optional<Volume> volume = Optional.ofNullable(volumes.get(disk.device().orElseThrow()));
      if (volume.isEmpty()) {
        return blocked(
            "The new instance "
                + id
                + " has no volume at "
                + disk.device().orElseThrow()
                + ", which "
                + disk.volumeId()
                + " was copied for.",
            "The original is left as it is. Attach it and resume, or roll back.");
      }
      Optional<StepOutcome> elsewhere = Fitness.underNewKey(env, context, volume.get());
      if (elsewhere.isPresent()) {
        return elsewhere;
      }
    }
    return Optional.empty();
  }

  /** What keeps the original from being terminated; empty if nothing does. */
  static Optional<StepOutcome> irreplaceable(EbsStep.Env env, StepContext context) {
    return unfit(env, context).or(() -> snapshotGone(env, context));
  }

  private static Optional<StepOutcome> snapshotGone(EbsStep.Env env, StepContext context) {
    List<String> kept =
        env.snapshots(context).stream()
            .filter(snapshot -> snapshot.state() == SnapshotState.COMPLETED)
            .map(Snapshot::volumeId)
            .toList();
    List<String> missing =
        env.subject().volumeIds().stream().filter(id -> !kept.contains(id)).toList();
    return missing.isEmpty()
        ? Optional.empty()
        : blocked(
            "There is no snapshot of this run any more of " + String.join(", ", missing) + ".",
            "The original is not terminated without it. Terminate it by hand if it is not needed,"
                + " and resume.");
  }

  static Optional<StepOutcome> blocked(String reason, String remedy) {
    return Optional.of(StepOutcome.blocked(reason, remedy));
  }
}
