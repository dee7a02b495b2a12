package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMappingSpecification;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/**
 * Attaches the new volume to the original's instance, under a free one of the device names that EC2
 * recommends, and has it go or stay with the instance as the original does.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html#available-ec2-device-names">Device
 *     names</a>
 */
final class AttachNewStep extends EbsStep {

  private static final String ATTACH = "ec2:AttachVolume";
  private static final String MODIFY = "ec2:ModifyInstanceAttribute";
  private static final String DEVICE = "device";

  /** One more than needed, as one may have been lost on its way. */
  private static final int MOST_ATTACHMENTS = 2;

  private final Disk disk;
  private final Set<String> refused = new HashSet<>();
  private int attachmentsHere;

  AttachNewStep(Env env, Disk disk) {
    super(
        new StepDescription(
            id(disk),
            "Attach the new volume for " + disk.name() + " to the same instance",
            Phase.COPY,
            List.of(ATTACH, MODIFY),
            List.of(Detachment.DETACH),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.disk = disk;
  }

  static String id(Disk disk) {
    return "attach-new-volume-for-" + disk.volumeId();
  }

  /** Where the new volume is attached, once it is. */
  static Optional<String> device(StepContext context, Disk disk) {
    return context.factsOf(id(disk)).find(DEVICE);
  }

  private String instanceId() {
    return env.subject().instance();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<Volume> found = env.replacement(context, disk);
    if (found.isEmpty()) {
      return gone("The new volume for " + disk.name());
    }
    Volume volume = found.get();
    Optional<VolumeAttachment> there = Fitness.attachmentTo(volume, instanceId());
    if (there.isPresent()) {
      return judge(context, volume.volumeId(), there.get());
    }
    if (!volume.attachments().isEmpty()) {
      return StepOutcome.blocked(
          "The new volume "
              + volume.volumeId()
              + " is attached to "
              + volume.attachments().get(0).instanceId()
              + ".",
          "Detach it there and resume, or roll back.");
    }
    return isSettling(context, ATTACH, volume.volumeId())
        ? waitFor("ec2:VolumeAttached", volume.volumeId(), "requested, not shown yet")
        : attach(context, volume.volumeId());
  }

  private StepOutcome judge(StepContext context, String id, VolumeAttachment there) {
    return switch (there.state()) {
      case ATTACHED -> keepOrDelete(context, id, there);
      case ATTACHING, DETACHING, DETACHED ->
          waitFor("ec2:VolumeAttached", id, there.stateAsString());
      default ->
          StepOutcome.blocked(
              "The new volume " + id + " is " + there.stateAsString() + ".",
              "Somebody else detaches it. Resume when that is over, or roll back.");
    };
  }

  private StepOutcome keepOrDelete(StepContext context, String id, VolumeAttachment there) {
    if (Boolean.TRUE.equals(there.deleteOnTermination()) == disk.deletedOnTermination()) {
      return StepOutcome.done(Facts.of(Map.of(DEVICE, there.device())));
    }
    if (!isSettling(context, MODIFY, id)) {
      InstanceBlockDeviceMappingSpecification mapping =
          InstanceBlockDeviceMappingSpecification.builder()
              .deviceName(there.device())
              .ebs(ebs -> ebs.deleteOnTermination(disk.deletedOnTermination()))
              .build();
      context.mutate(
          MODIFY,
          id,
          () ->
              ec2.client()
                  .modifyInstanceAttribute(
                      r -> r.instanceId(instanceId()).blockDeviceMappings(mapping)));
    }
    return waitFor("ec2:DeleteOnTerminationSet", id, "requested");
  }

  private StepOutcome attach(StepContext context, String id) {
    Optional<Instance> instance = ec2.instance(context, instanceId());
    if (instance.isEmpty()) {
      return gone("The instance " + instanceId());
    }
    Optional<String> free = free(instance.get());
    if (free.isEmpty()) {
      return StepOutcome.blocked(
          "The instance " + instanceId() + " has no device name from /dev/sdf to /dev/sdp free.",
          "Detach a volume from it and resume, or roll back.");
    }
    if (attachmentsHere >= MOST_ATTACHMENTS) {
      return StepOutcome.blocked(
          "EC2 took the attachment of "
              + id
              + " and did not keep it, likely since its KMS key cannot be used.",
          "Mend the key and resume, or roll back. The original serves as before.");
    }
    try {
      context.mutate(
          ATTACH,
          id,
          () -> ec2.client().attachVolume(disk.attaching(id, instanceId(), free.get())));
      attachmentsHere++;
    } catch (Ec2Exception e) {
      return refused(e, id, free.get());
    }
    return waitFor("ec2:VolumeAttached", id, "requested");
  }

  private StepOutcome refused(Ec2Exception refusal, String id, String device) {
    return switch (AwsFailure.errorCode(refusal)) {
      case "VolumeInUse" -> waitFor("ec2:VolumeAttached", id, "in use");
      case "InvalidParameterValue" -> {
        // Taken since the instance was looked at, or by what EC2 does not show.
        refused.add(device);
        yield waitFor("ec2:VolumeAttached", id, device + " is taken");
      }
      default ->
          StepOutcome.blocked(
              "EC2 refused to attach " + id + ": " + refusal.getMessage() + ".",
              "Mend that and resume, or roll back. The original serves as before.");
    };
  }

  private Optional<String> free(Instance instance) {
    Set<String> taken = new HashSet<>();
    instance.blockDeviceMappings().forEach(mapping -> taken.add(letter(mapping.deviceName())));
    return IntStream.rangeClosed('f', 'p')
        .mapToObj(letter -> "/dev/sd" + (char) letter)
        .filter(device -> !taken.contains(letter(device)) && !refused.contains(device))
        .findFirst();
  }

  /** {@code /dev/sdf} and {@code xvdf} are one device to some operating systems. */
  private static String letter(String device) {
    return device.replaceFirst("^(/dev/)?(sd|xvd)", "");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<Volume> found = env.replacement(context, disk);
    if (found.isEmpty()) {
      return StepOutcome.done();
    }
    String id = found.get().volumeId();
    Optional<VolumeAttachment> there = Fitness.attachmentTo(found.get(), instanceId());
    if (there.isEmpty()) {
      return isSettling(context, ATTACH, id)
          ? waitFor("ec2:VolumeAttached", id, "requested, not shown yet")
          : StepOutcome.done();
    }
    return Detachment.of(env, context, id, there.get());
  }
}
