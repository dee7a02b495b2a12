package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/**
 * Whether the originals still are what the plan was made for, and no other run has them. Looked at
 * before they are taken out of service, since a run that would be refused right afterwards had cost
 * an outage.
 */
final class AsPlanned {

  private AsPlanned() {}

  /** Empty if they are. */
  static Optional<StepOutcome> obstacle(EbsStep.Env env, StepContext context) {
    Map<String, Volume> volumes = env.ec2().volumes(context, env.subject().volumeIds());
    for (Disk disk : env.subject().disks()) {
      Optional<Volume> volume = Optional.ofNullable(volumes.get(disk.volumeId()));
      if (volume.isEmpty()) {
        return Optional.of(EbsStep.gone("The volume " + disk.volumeId()));
      }
      String now = attachments(volume.get());
      String planned = planned(env, disk);
      if (!now.equals(planned)) {
        return Optional.of(
            StepOutcome.blocked(
                "The volume "
                    + disk.volumeId()
                    + " is "
                    + now
                    + "; it was "
                    + planned
                    + " when the plan was made.",
                "Nothing was done. Roll this run back, and make a new plan."));
      }
    }
    return OtherRuns.obstacle(env, context);
  }

  /** The approval for the cutover may take days, in which somebody may change the original. */
  static Optional<StepOutcome> differing(EbsStep.Env env, Volume original, Volume replacement) {
    List<Evidence> evidence = VolumeAttribute.compare(original, replacement, env.targetKeyArn());
    List<Evidence> differences = evidence.stream().filter(e -> !e.matches()).toList();
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new StepOutcome.Blocked(
                "The new volume differs from the original by now: " + differences + ".",
                "The original is still attached. Mend the difference and resume, or roll back.",
                evidence));
  }

  private static String planned(EbsStep.Env env, Disk disk) {
    return disk.device()
        .map(device -> text(env.subject().instance(), device, disk.deletedOnTermination()))
        .orElse("unattached");
  }

  private static String attachments(Volume volume) {
    return volume.attachments().stream()
        .map(AsPlanned::text)
        .reduce((a, b) -> a + " and " + b)
        .orElse("unattached");
  }

  private static String text(VolumeAttachment attachment) {
    return text(
        attachment.instanceId(),
        attachment.device(),
        Boolean.TRUE.equals(attachment.deleteOnTermination()));
  }

  private static String text(String instanceId, String device, boolean isDeleted) {
    return "attached to "
        + instanceId
        + " at "
        + device
        + (isDeleted ? ", deleted with it" : ", kept without it");
  }
}
