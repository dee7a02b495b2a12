package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.spi.TargetKey;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.VolumeAttachmentState;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/**
 * Whether a new volume can take, or holds, the original's place. Looked at before the original is
 * taken away: what was true when a step before was done need not be true any more. Empty if so.
 */
final class Fitness {

  private Fitness() {}

  /** The new volume is where the original was, under the new key, which can be used. */
  static Optional<StepOutcome> inPlace(EbsStep.Env env, StepContext context, Disk disk) {
    return inPlace(env, context, disk, env.replacement(context, disk));
  }

  static Optional<StepOutcome> inPlace(
      EbsStep.Env env, StepContext context, Disk disk, Optional<Volume> found) {
    if (found.isEmpty()) {
      return blocked(
          "The new volume for " + disk.name() + " is not there any more.",
          "The original is left as it is. Roll back to it, or, where this run has begun to retire"
              + " originals, attach it by hand.");
    }
    Volume volume = found.get();
    if (disk.device().isPresent() && !isAttached(env, volume, disk.device().get())) {
      return blocked(
          "The new volume "
              + volume.volumeId()
              + " is not attached to "
              + env.subject().instance()
              + " at "
              + disk.device().get()
              + ".",
          "The original is left as it is. Find out who detached it, attach it and resume.");
    }
    if (volume.state() != VolumeState.IN_USE && volume.state() != VolumeState.AVAILABLE) {
      return blocked(
          "The new volume " + volume.volumeId() + " is " + volume.stateAsString() + ".",
          "The original is left as it is. Look at the volume in EC2; mend it and resume, or roll"
              + " back.");
    }
    return underNewKey(env, context, volume);
  }

  private static boolean isAttached(EbsStep.Env env, Volume volume, String device) {
    return volume.attachments().stream()
        .anyMatch(
            attachment ->
                attachment.instanceId().equals(env.subject().instance())
                    && attachment.device().equals(device)
                    && attachment.state() == VolumeAttachmentState.ATTACHED);
  }

  /** EBS shows only late that a volume lost its key; KMS says so at once. */
  static Optional<StepOutcome> underNewKey(EbsStep.Env env, StepContext context, Volume volume) {
    String arn = env.targetKeyArn();
    if (!arn.equals(volume.kmsKeyId())) {
      return blocked(
          "The new volume "
              + volume.volumeId()
              + " is under "
              + volume.kmsKeyId()
              + ", not the new key.",
          "The original is left as it is. Roll back and report this.");
    }
    return TargetKey.obstacle(context, env.kms(), arn, "the new volumes are");
  }

  static Optional<VolumeAttachment> attachmentTo(Volume volume, String instanceId) {
    return volume.attachments().stream()
        .filter(attachment -> attachment.instanceId().equals(instanceId))
        .filter(attachment -> attachment.state() != VolumeAttachmentState.DETACHED)
        .findFirst();
  }

  private static Optional<StepOutcome> blocked(String reason, String remedy) {
    return Optional.of(StepOutcome.blocked(reason, remedy));
  }
}
