package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Volume;

/** Terminates the original, after one more look at what took its place. */
final class TerminateStep extends EbsStep {

  TerminateStep(Env env) {
    super(
        new StepDescription(
            "terminate-" + env.subject().instance(),
            "Terminate the original " + env.subject().instance() + deleted(env),
            Phase.RETIRE,
            List.of(Dismissal.TERMINATE),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
  }

  private static String deleted(Env env) {
    String volumes =
        env.subject().disks().stream()
            .filter(Disk::deletedOnTermination)
            .map(Disk::name)
            .collect(Collectors.joining(", "));
    return volumes.isEmpty() ? "" : ", which deletes its volumes " + volumes;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String id = env.subject().instance();
    Optional<Instance> original = ec2.instance(context, id);
    if (original.isEmpty()) {
      return StepOutcome.done();
    }
    return switch (original.get().state().name()) {
      case TERMINATED -> StepOutcome.done();
      case SHUTTING_DOWN -> waitFor("ec2:InstanceTerminated", id, "shutting-down");
      default ->
          Successor.irreplaceable(env, context)
              .or(() -> Stillness.disturbed(env, context))
              .or(() -> losesOthers(context, id))
              .orElseGet(
                  () ->
                      Dismissal.terminate(
                          context,
                          env,
                          id,
                          "It is not this run's to take the protection off. Take it off"
                              + " (disableApiTermination) if the original can go, and resume."));
    };
  }

  /**
   * What was attached after the plan was made has no copy, and may be deleted with the instance.
   */
  private Optional<StepOutcome> losesOthers(StepContext context, String id) {
    String others =
        ec2.volumesOf(context, id).stream()
            .filter(volume -> !env.subject().volumeIds().contains(volume.volumeId()))
            .filter(volume -> isDeletedWith(id, volume))
            .map(Volume::volumeId)
            .collect(Collectors.joining(", "));
    return others.isEmpty()
        ? Optional.empty()
        : Successor.blocked(
            "Terminating the original "
                + id
                + " would delete "
                + others
                + ", which the run has no copy of.",
            "Detach it, or have it kept (DeleteOnTermination), and resume.");
  }

  private static boolean isDeletedWith(String instance, Volume volume) {
    return Fitness.attachmentTo(volume, instance)
        .filter(attachment -> Boolean.TRUE.equals(attachment.deleteOnTermination()))
        .isPresent();
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
