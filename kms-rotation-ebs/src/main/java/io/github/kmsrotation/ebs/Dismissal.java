package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.SnapshotState;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Takes the new instance away when the run is rolled back. If it may have served, snapshots of its
 * volumes are kept: what was written to them meanwhile is in no other place.
 */
final class Dismissal {

  static final String TERMINATE = "ec2:TerminateInstances";

  private static final String SNAPSHOTS = "ec2:CreateSnapshots";

  private final EbsStep.Env env;

  Dismissal(EbsStep.Env env) {
    this.env = env;
  }

  static List<String> calls(BackInService backInService) {
    List<String> calls = new ArrayList<>(List.of(SNAPSHOTS, TERMINATE, Discarding.DELETE));
    calls.addAll(backInService.calls());
    return calls;
  }

  /**
   * @param mayAppear whether a launch was sent so lately that its instance may not be shown yet
   */
  StepOutcome dismiss(StepContext context, BooleanSupplier mayAppear) {
    Optional<Instance> left =
        env.ec2().instancesMadeBy(context, env.runId()).stream()
            .filter(instance -> instance.state().name() != InstanceStateName.TERMINATED)
            .findFirst();
    if (left.isPresent()) {
      return dismiss(context, left.get());
    }
    if (mayAppear.getAsBoolean()) {
      return env.waitFor("ec2:InstanceFound", env.subject().instance(), "requested, not shown yet");
    }
    Optional<Volume> volume = env.ec2().volumesMadeBy(context, env.runId()).stream().findFirst();
    if (volume.isPresent()) {
      return volume.get().attachments().isEmpty()
          ? Discarding.delete(context, env, volume.get())
          : env.waitFor("ec2:VolumeDetached", volume.get().volumeId(), "attached");
    }
    return done(context);
  }

  private StepOutcome dismiss(StepContext context, Instance instance) {
    String id = instance.instanceId();
    if (instance.state().name() == InstanceStateName.SHUTTING_DOWN) {
      return env.waitFor("ec2:InstanceTerminated", id, "shutting-down");
    }
    if (mayHaveServed(context)) {
      Optional<StepOutcome> unkept = keep(context, id);
      if (unkept.isPresent()) {
        return unkept.get();
      }
    }
    return terminate(context, env, id, "Take it off and roll back again.");
  }

  static StepOutcome terminate(
      StepContext context, EbsStep.Env env, String instanceId, String remedy) {
    if (!EbsStep.isSettling(context, TERMINATE, instanceId)) {
      try {
        context.mutate(
            TERMINATE,
            instanceId,
            () -> env.ec2().client().terminateInstances(r -> r.instanceIds(instanceId)));
      } catch (Ec2Exception e) {
        if (!AwsFailure.errorCode(e).equals("OperationNotPermitted")) {
          throw e;
        }
        return StepOutcome.blocked(
            "The instance " + instanceId + " is protected from termination.", remedy);
      }
    }
    return env.waitFor("ec2:InstanceTerminated", instanceId, "requested");
  }

  private static boolean mayHaveServed(StepContext context) {
    return context.hasBegun(RotateInStep.ID);
  }

  /** Empty once there are snapshots of all. */
  private Optional<StepOutcome> keep(StepContext context, String instanceId) {
    List<String> volumes =
        env.ec2().volumesOf(context, instanceId).stream().map(Volume::volumeId).toList();
    List<Snapshot> kept =
        volumes.isEmpty()
            ? List.of()
            : env.ec2().taggedSnapshotsOf(context, volumes, RunTag.UNDONE_KEY);
    if (kept.stream().map(Snapshot::volumeId).distinct().count() == volumes.size()) {
      return kept.stream()
          .filter(snapshot -> snapshot.state() != SnapshotState.COMPLETED)
          .findFirst()
          .map(this::judge);
    }
    if (!EbsStep.isSettling(context, SNAPSHOTS, instanceId)) {
      context.mutate(
          SNAPSHOTS,
          instanceId,
          () ->
              env.ec2()
                  .client()
                  .createSnapshots(
                      r ->
                          r.instanceSpecification(i -> i.instanceId(instanceId))
                              .description(
                                  RunTag.description(
                                      env.runId(),
                                      ", rolled back: what was written while it served"))
                              .overrideConfiguration(SentOnce.override())
                              .tagSpecifications(
                                  RunTag.specification(
                                      ResourceType.SNAPSHOT,
                                      List.of(),
                                      RunTag.tag(RunTag.UNDONE_KEY, env.runId().value())))));
    }
    return Optional.of(env.waitFor("ec2:SnapshotCompleted", instanceId, "requested"));
  }

  private StepOutcome judge(Snapshot snapshot) {
    return snapshot.state() == SnapshotState.PENDING
        ? env.waitFor(
            "ec2:SnapshotCompleted", snapshot.snapshotId(), "pending, " + snapshot.progress())
        : StepOutcome.blocked(
            "The snapshot "
                + snapshot.snapshotId()
                + " of what was written to the new instance is "
                + snapshot.stateAsString()
                + ".",
            "The original serves; the new instance is kept, as nothing else holds that. Delete the"
                + " snapshot to have it made again, or terminate the instance if nothing of it is"
                + " needed, and roll back again.");
  }

  private StepOutcome done(StepContext context) {
    if (!mayHaveServed(context)) {
      return StepOutcome.done();
    }
    String kept =
        env.ec2().undoneSnapshotsOf(context, env.runId()).stream()
            .map(Snapshot::snapshotId)
            .collect(Collectors.joining(", "));
    return kept.isEmpty()
        ? StepOutcome.done()
        : StepOutcome.done(
            Facts.of(
                Map.of(
                    Facts.KEPT,
                    "snapshots "
                        + kept
                        + ": of the volumes of a new instance that had traffic; take over what you"
                        + " need, and delete them")));
  }
}
