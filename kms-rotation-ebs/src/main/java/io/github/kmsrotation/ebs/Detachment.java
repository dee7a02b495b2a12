package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.VolumeAttachmentState;

/** Takes a volume off the instance, that nothing there uses any more. */
final class Detachment {

  static final String DETACH = "ec2:DetachVolume";

  private Detachment() {}

  static StepOutcome of(
      EbsStep.Env env, StepContext context, String id, VolumeAttachment attachment) {
    if (attachment.state() == VolumeAttachmentState.BUSY) {
      return StepOutcome.blocked(
          "The volume "
              + id
              + " cannot be detached: the operating system of "
              + attachment.instanceId()
              + " still uses it.",
          "Unmount it on the instance, and go on.");
    }
    if (!isUnderWay(context, id, attachment)) {
      send(env, context, id, attachment);
    }
    return env.waitFor("ec2:VolumeDetached", id, attachment.stateAsString());
  }

  static boolean isUnderWay(StepContext context, String id, VolumeAttachment attachment) {
    return attachment.state() != VolumeAttachmentState.ATTACHED
        || EbsStep.isSettling(context, DETACH, id);
  }

  private static void send(
      EbsStep.Env env, StepContext context, String id, VolumeAttachment attachment) {
    try {
      context.mutate(
          DETACH,
          id,
          () ->
              env.ec2()
                  .client()
                  .detachVolume(
                      r ->
                          r.volumeId(id)
                              .instanceId(attachment.instanceId())
                              .overrideConfiguration(SentOnce.override())));
    } catch (Ec2Exception e) {
      if (!AwsFailure.errorCode(e).equals("IncorrectState")) {
        throw e;
      }
    }
  }
}
