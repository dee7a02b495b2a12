package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsUnavailableException;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMappingSpecification;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/**
 * Detaches one volume from a device and attaches another there, with the same DeleteOnTermination.
 * Whatever stops it while the device is empty says so. Sent once: if a client repeats a call whose
 * answer was lost, EC2 refuses the second for what the first did.
 */
final class Exchange {

  static final String DETACH = "ec2:DetachVolume";
  static final String ATTACH = "ec2:AttachVolume";
  static final String MODIFY = "ec2:ModifyInstanceAttribute";
  static final List<String> CALLS = List.of(DETACH, ATTACH, MODIFY);

  /** One more than needed, as one may have been lost on its way. */
  private static final int MOST_ATTACHMENTS = 2;

  private final EbsStep.Env env;
  private final Disk disk;
  private int attachmentsHere;

  Exchange(EbsStep.Env env, Disk disk) {
    this.env = env;
    this.disk = disk;
  }

  /** What keeps a volume from being detached, given it and what shall take its place. */
  interface Obstacle extends BiFunction<Volume, Volume, Optional<StepOutcome>> {}

  private String instanceId() {
    return env.subject().instance();
  }

  private String device() {
    return disk.device().orElseThrow();
  }

  StepOutcome advance(StepContext context, String fromId, String toId, Obstacle obstacle) {
    Map<String, Volume> both = env.ec2().volumes(context, List.of(fromId, toId));
    Optional<Volume> from = Optional.ofNullable(both.get(fromId));
    Optional<Volume> to = Optional.ofNullable(both.get(toId));
    if (to.isEmpty()) {
      return StepOutcome.blocked(
          "The volume "
              + toId
              + ", which is to be attached at "
              + device()
              + " of "
              + instanceId()
              + ", is not there any more.",
          "Whatever is attached there is left as it is; if the device is empty, attach "
              + fromId
              + " by hand, or roll back.");
    }
    Optional<VolumeAttachment> there = Fitness.attachmentTo(to.get(), instanceId());
    if (there.isPresent()) {
      return judge(context, toId, there.get());
    }
    if (!to.get().attachments().isEmpty()) {
      return StepOutcome.blocked(
          "The volume "
              + toId
              + " is attached to "
              + to.get().attachments().get(0).instanceId()
              + ".",
          "Detach it there, and go on.");
    }
    Optional<VolumeAttachment> former =
        from.flatMap(volume -> Fitness.attachmentTo(volume, instanceId()));
    return former.isPresent()
        ? detach(context, from.get(), to.get(), former.get(), obstacle)
        : attach(context, fromId, to.get());
  }

  /**
   * For a volume that another call attached: sees that it is, and DeleteOnTermination as before.
   */
  StepOutcome settle(StepContext context, String id) {
    return env.ec2()
        .volume(context, id)
        .flatMap(volume -> Fitness.attachmentTo(volume, instanceId()))
        .map(there -> judge(context, id, there))
        .orElseGet(() -> env.waitFor("ec2:VolumeAttached", id, "not attached yet"));
  }

  private StepOutcome judge(StepContext context, String id, VolumeAttachment there) {
    if (!there.device().equals(device())) {
      return StepOutcome.blocked(
          "The volume " + id + " is attached at " + there.device() + ", not at " + device() + ".",
          "Somebody else attached it. Detach it and go on.");
    }
    if (EbsStep.isSettling(context, DETACH, id)) {
      return env.waitFor("ec2:VolumeDetached", id, "detachment was requested");
    }
    return switch (there.state()) {
      case ATTACHED -> keepOrDelete(context, id, there);
      default -> env.waitFor("ec2:VolumeAttached", id, there.stateAsString());
    };
  }

  private StepOutcome keepOrDelete(StepContext context, String id, VolumeAttachment there) {
    if (Boolean.TRUE.equals(there.deleteOnTermination()) == disk.deletedOnTermination()) {
      return StepOutcome.done();
    }
    if (!EbsStep.isSettling(context, MODIFY, id)) {
      context.mutate(
          MODIFY,
          id,
          () ->
              env.ec2()
                  .client()
                  .modifyInstanceAttribute(
                      r -> r.instanceId(instanceId()).blockDeviceMappings(mapping())));
    }
    return env.waitFor("ec2:DeleteOnTerminationSet", id, "requested");
  }

  private InstanceBlockDeviceMappingSpecification mapping() {
    return InstanceBlockDeviceMappingSpecification.builder()
        .deviceName(device())
        .ebs(ebs -> ebs.deleteOnTermination(disk.deletedOnTermination()))
        .build();
  }

  private StepOutcome detach(
      StepContext context, Volume from, Volume to, VolumeAttachment former, Obstacle obstacle) {
    String id = from.volumeId();
    switch (former.state()) {
      case DETACHING, DETACHED, ATTACHING -> {
        return env.waitFor("ec2:VolumeDetached", id, former.stateAsString());
      }
      case BUSY -> {
        return StepOutcome.blocked(
            "The volume "
                + id
                + " cannot be detached: the operating system of "
                + instanceId()
                + " still uses it.",
            "Unmount it on the instance, and go on.");
      }
      default -> {}
    }
    if (EbsStep.isSettling(context, DETACH, id)) {
      return env.waitFor("ec2:VolumeDetached", id, "requested");
    }
    Optional<StepOutcome> inTheWay =
        to.state() == VolumeState.AVAILABLE
            ? obstacle.apply(from, to)
            : Optional.of(
                StepOutcome.blocked(
                    "The volume "
                        + to.volumeId()
                        + " is "
                        + to.stateAsString()
                        + ", not available.",
                    "Nothing was detached. Bring it to available and go on."));
    if (inTheWay.isPresent()) {
      return inTheWay.get();
    }
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
                              .instanceId(instanceId())
                              .overrideConfiguration(SentOnce.override())));
    } catch (Ec2Exception e) {
      if (!AwsFailure.errorCode(e).equals("IncorrectState")) {
        throw e;
      }
    }
    return env.waitFor("ec2:VolumeDetached", id, "requested");
  }

  private StepOutcome attach(StepContext context, String fromId, Volume to) {
    String id = to.volumeId();
    if (EbsStep.isSettling(context, ATTACH, id) || EbsStep.isSettling(context, ATTACH, fromId)) {
      return env.waitFor("ec2:VolumeAttached", id, "requested, not shown yet");
    }
    if (to.state() != VolumeState.AVAILABLE) {
      return empty("The volume " + id + " is " + to.stateAsString() + ", not available.", fromId);
    }
    if (attachmentsHere >= MOST_ATTACHMENTS) {
      return empty(
          "EC2 took the attachment of "
              + id
              + " and did not keep it, likely since its KMS key cannot be used.",
          fromId);
    }
    attachmentsHere++;
    try {
      context.mutate(
          ATTACH,
          id,
          () -> env.ec2().client().attachVolume(disk.attaching(id, instanceId(), device())));
    } catch (Ec2Exception e) {
      return AwsFailure.errorCode(e).equals("VolumeInUse")
          ? env.waitFor("ec2:VolumeAttached", id, "in use")
          : empty("EC2 refused to attach " + id + ": " + e.getMessage() + ".", fromId);
    } catch (MissingPermissionException | AwsUnavailableException e) {
      return empty(String.valueOf(e.getMessage()), fromId);
    }
    return env.waitFor("ec2:VolumeAttached", id, "requested");
  }

  private StepOutcome empty(String reason, String fromId) {
    return StepOutcome.blocked(
        reason
            + " The device "
            + device()
            + " of the instance "
            + instanceId()
            + " is empty, or not this run's, by now.",
        "Mend that and go on; or roll back, which attaches the original ("
            + disk.volumeId()
            + "); or attach "
            + fromId
            + " there by hand.");
  }
}
