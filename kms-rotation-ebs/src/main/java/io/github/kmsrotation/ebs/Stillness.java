package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Whether nothing was written to the originals since the run made sure of that. A hook's word is
 * taken for it; that a volume was attached and detached again in between cannot be seen.
 */
final class Stillness {

  private Stillness() {}

  /** What is in the way; empty if nothing is. */
  static Optional<StepOutcome> disturbed(EbsStep.Env env, StepContext context) {
    return switch (env.subject().writes()) {
      case FROZEN, LOST -> Optional.empty();
      case UNATTACHED -> attached(env, context);
      case STOPPED_BY_RUN, STOPPED_ALREADY -> started(env, context);
    };
  }

  private static Optional<StepOutcome> started(EbsStep.Env env, StepContext context) {
    String id = env.subject().instance();
    Optional<Instance> instance = env.ec2().instance(context, id);
    if (instance.isEmpty()) {
      return Optional.of(EbsStep.gone("The instance " + id));
    }
    String then = context.factsOf(StopStep.ID).find(Power.LAUNCH_TIME).orElse("");
    boolean isStopped = instance.get().state().name() == InstanceStateName.STOPPED;
    return isStopped && instance.get().launchTime().toString().equals(then)
        ? Optional.empty()
        : blocked(
            "The instance "
                + id
                + " is "
                + instance.get().state().nameAsString()
                + " and was started at "
                + instance.get().launchTime()
                + ": somebody started it after this run saw it stopped.",
            "The originals are attached, and may hold what the snapshots do not. Roll back, and"
                + " make a new plan.");
  }

  private static Optional<StepOutcome> attached(EbsStep.Env env, StepContext context) {
    for (Disk disk : env.subject().disks()) {
      Optional<Volume> volume = env.ec2().volume(context, disk.volumeId());
      if (volume.isEmpty()) {
        return Optional.of(EbsStep.gone("The volume " + disk.volumeId()));
      }
      if (!volume.get().attachments().isEmpty()) {
        return blocked(
            "The volume "
                + disk.volumeId()
                + " is attached to "
                + volume.get().attachments().get(0).instanceId()
                + "; it was unattached when the plan was made.",
            "It may hold what its snapshot does not. Roll back, and make a new plan.");
      }
    }
    return Optional.empty();
  }

  private static Optional<StepOutcome> blocked(String reason, String remedy) {
    return Optional.of(StepOutcome.blocked(reason, remedy));
  }
}
