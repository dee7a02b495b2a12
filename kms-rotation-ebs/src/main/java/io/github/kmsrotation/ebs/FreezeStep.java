package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;

/** Takes volumes out of use or into use again, by the caller's hook; backwards the other way. */
final class FreezeStep extends EbsStep {

  static final String THAW = "thaw-writes";

  private final VolumeFreeze hook;
  private final boolean freezes;

  /** Whether this process has called the hook already when rolling back. */
  private boolean undone;

  private FreezeStep(StepDescription description, Env env, VolumeFreeze hook, boolean freezes) {
    super(description, env);
    this.hook = hook;
    this.freezes = freezes;
  }

  static FreezeStep freeze(Env env, VolumeFreeze hook) {
    return new FreezeStep(
        describe("freeze-writes", "Take the volumes out of use (your hook)", Phase.PREPARE),
        env,
        hook,
        true);
  }

  static FreezeStep thaw(Env env, VolumeFreeze hook) {
    return new FreezeStep(
        describe(THAW, "Take the new volumes into use (your hook)", Phase.CUTOVER),
        env,
        hook,
        false);
  }

  private static StepDescription describe(String id, String title, Phase phase) {
    return new StepDescription(id, title, phase, List.of(), List.of(), Undo.UNDOABLE);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<StepOutcome> obstacle = freezes ? AsPlanned.obstacle(env, context) : Optional.empty();
    return obstacle.orElseGet(
        () -> call(context, freezes ? VolumeFreeze::freeze : VolumeFreeze::thaw));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    if (undone) {
      return StepOutcome.done();
    }
    if (freezes && OtherRuns.obstacle(env, context).isPresent()) {
      // The other run relies on the silence, and ends it at its own end.
      return StepOutcome.done();
    }
    StepOutcome outcome = call(context, freezes ? VolumeFreeze::thaw : VolumeFreeze::freeze);
    undone = outcome instanceof StepOutcome.Done;
    return outcome;
  }

  private StepOutcome call(StepContext context, BiConsumer<VolumeFreeze, AttachedVolume> call) {
    String instanceId = env.subject().instance();
    Optional<Instance> instance = ec2.instance(context, instanceId);
    if (instance.isEmpty()) {
      return gone("The instance " + instanceId);
    }
    Map<String, String> attached =
        instance.get().blockDeviceMappings().stream()
            .collect(
                Collectors.toMap(
                    InstanceBlockDeviceMapping::deviceName, mapping -> mapping.ebs().volumeId()));
    for (Disk disk : env.subject().disks()) {
      String device = disk.device().orElseThrow();
      String volumeId = attached.get(device);
      if (volumeId == null) {
        return StepOutcome.blocked(
            "The instance " + instanceId + " has no volume at " + device + ".",
            "Attach the volume that belongs there and go on.");
      }
      call.accept(hook, new AttachedVolume(instanceId, volumeId, device));
    }
    return StepOutcome.done();
  }
}
