package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Map;

/**
 * Attaching volumes to instances, and detaching them. An encrypted volume whose key cannot be used
 * is attached for a moment only: EBS tells of it by an event.
 *
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-cloud-watch-events.html">EBS
 *     volume events</a>
 */
final class AttachmentOperations {

  private static final int MOST_MULTI_ATTACHED = 16;
  private static final String DEVICE_NAME = "(/dev/)?(sd[a-z]|sda1|xvd[a-z]|xvd[a-d][a-z])";

  private final Ec2Store store;

  AttachmentOperations(Ec2Store store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "AttachVolume", Ec2Rules.write(this::attach, "VolumeId", "InstanceId", "Device"));
    operations.put(
        "DetachVolume", Ec2Rules.write(this::detach, "VolumeId", "InstanceId", "Device", "Force"));
  }

  private Map<String, Object> attach(AwsRequest request) {
    Params params = request.params();
    Volume volume = store.volume(request.region(), Ec2Rules.required(params, "VolumeId"));
    Instance instance = store.instance(request.region(), Ec2Rules.required(params, "InstanceId"));
    String device = Ec2Rules.required(params, "Device");
    checkDevice(instance, device);
    checkVolume(volume);
    checkMatch(volume, instance);
    Ec2Rules.endDryRun(request);
    Attachment attachment = new Attachment(volume.id, instance.id, device, false, store.now());
    volume.attachments.add(attachment);
    volume.status = "in-use";
    store.later("AttachVolume", Takes.ATTACH, () -> finishAttachment(volume, attachment));
    return attachment.xml();
  }

  private void checkDevice(Instance instance, String device) {
    if (!device.matches(DEVICE_NAME)) {
      throw Ec2Rules.invalidValue(
          "Value (%s) for parameter device is invalid. %s is not a valid EBS device name."
              .formatted(device, device));
    }
    if (store.attachmentsOf(instance).stream().anyMatch(a -> a.device.equals(device))) {
      throw Ec2Rules.invalidValue(
          "Invalid value '%s' for unixDevice. Attachment point %s is already in use"
              .formatted(device, device));
    }
  }

  private static void checkVolume(Volume volume) {
    Ec2Rules.requireNotManaged(volume);
    boolean hasRoom =
        volume.settings.multiAttach() && volume.attachments.size() < MOST_MULTI_ATTACHED;
    if (!volume.attachments.isEmpty() && !hasRoom) {
      throw AwsError.badRequest("VolumeInUse", volume.id + " is already attached to an instance");
    }
    if (!volume.is("available") && !volume.is("in-use")) {
      throw Ec2Rules.incorrectState("Volume '" + volume.id + "' is not 'available'.");
    }
  }

  private void checkMatch(Volume volume, Instance instance) {
    if (!instance.is(InstanceState.RUNNING) && !instance.is(InstanceState.STOPPED)) {
      throw Ec2Rules.incorrectState("Instance '" + instance.id + "' is not 'running'.");
    }
    Ec2Rules.requireNotManaged(instance);
    if (!volume.zone.equals(instance.zone) || volume.outpostArn.isPresent()) {
      throw AwsError.badRequest(
          "InvalidVolume.ZoneMismatch",
          "The volume '%s' is not in the same availability zone as instance '%s'"
              .formatted(volume.id, instance.id));
    }
    if (volume.attachmentTo(instance.id).isPresent()) {
      throw AwsError.badRequest("VolumeInUse", volume.id + " is already attached to an instance");
    }
    if (!volume.productCodes.isEmpty() && !instance.is(InstanceState.STOPPED)) {
      throw AwsError.badRequest(
          "IncorrectInstanceState",
          "Unable to attach volume '%s' with Marketplace codes to instance '%s' as the instance is"
                  .formatted(volume.id, instance.id)
              + " not in the 'stopped' state.");
    }
    checkType(volume, instance);
  }

  private void checkType(Volume volume, Instance instance) {
    if (volume.encryption.isOn() && !instance.type.takesEncrypted) {
      throw AwsError.badRequest(
          "EncryptedVolumesNotSupported",
          "Encrypted volumes cannot be attached to " + instance.type.wire + " instances.");
    }
    if (volume.settings.multiAttach() && !instance.type.isNitro) {
      throw AwsError.badRequest(
          "UnsupportedOperation", "Multi-Attach volumes are for Nitro-based instances only.");
    }
    if (store.attachmentsOf(instance).size() >= instance.type.mostVolumes()) {
      throw AwsError.badRequest(
          "AttachmentLimitExceeded",
          instance.id + " has as many volumes as its instance type takes.");
    }
  }

  private void finishAttachment(Volume volume, Attachment attachment) {
    if (!attachment.status.equals("attaching")) {
      return;
    }
    if (store.keys.canOpen(volume.region, volume.encryption)) {
      store.attached(volume, attachment);
    } else {
      store.detached(volume, attachment);
    }
  }

  private Map<String, Object> detach(AwsRequest request) {
    Params params = request.params();
    Volume volume = store.volume(request.region(), Ec2Rules.required(params, "VolumeId"));
    Attachment attachment = asked(volume, params);
    Instance instance = store.instance(request.region(), attachment.instanceId);
    boolean force = params.truth("Force").orElse(false);
    checkDetachment(volume, attachment, instance, force);
    Ec2Rules.endDryRun(request);
    attachment.status = "detaching";
    if (force) {
      store.timeline.after(Takes.DETACH, () -> store.detached(volume, attachment));
    } else {
      store.later("DetachVolume", Takes.DETACH, () -> finishDetachment(volume, attachment));
    }
    return attachment.xml();
  }

  /**
   * A volume that the operating system still uses is {@code busy}, until that unmounts it.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-detaching-volume.html">Detach an
   *     Amazon EBS volume</a>
   */
  private void finishDetachment(Volume volume, Attachment attachment) {
    if (attachment.status.equals("detached")) {
      return;
    }
    if (store.guest.holds(attachment.instanceId, volume.id)) {
      attachment.status = "busy";
      store.later("DetachVolume", Takes.DETACH, () -> finishDetachment(volume, attachment));
    } else {
      store.detached(volume, attachment);
    }
  }

  private static Attachment asked(Volume volume, Params params) {
    if (volume.attachments.isEmpty()) {
      throw Ec2Rules.incorrectState(
          "Volume '" + volume.id + "' is in the '" + volume.status + "' state.");
    }
    if (volume.settings.multiAttach()) {
      Ec2Rules.required(params, "InstanceId");
    }
    List<Attachment> fitting =
        volume.attachments.stream()
            .filter(a -> params.text("InstanceId").map(a.instanceId::equals).orElse(true))
            .filter(a -> params.text("Device").map(a.device::equals).orElse(true))
            .toList();
    if (fitting.isEmpty()) {
      throw AwsError.badRequest(
          "InvalidAttachment.NotFound", "The volume '" + volume.id + "' has no such attachment.");
    }
    return fitting.get(0);
  }

  private static void checkDetachment(
      Volume volume, Attachment attachment, Instance instance, boolean force) {
    Ec2Rules.requireNotManaged(volume);
    Ec2Rules.requireNotManaged(instance);
    boolean isStopped = instance.is(InstanceState.STOPPED);
    if (attachment.device.equals(instance.rootDeviceName) && !isStopped) {
      throw Ec2Rules.incorrectState(
          "Unable to detach root volume '%s' from instance '%s'".formatted(volume.id, instance.id));
    }
    if (!volume.productCodes.isEmpty() && !isStopped) {
      throw AwsError.badRequest(
          "IncorrectInstanceState",
          "Unable to detach volume '%s' with Marketplace codes from instance '%s' as the instance"
                  .formatted(volume.id, instance.id)
              + " is not in the 'stopped' state.");
    }
    if (List.of("detaching", "busy").contains(attachment.status) && !force) {
      throw Ec2Rules.incorrectState("Volume '" + volume.id + "' is in the 'detaching' state.");
    }
  }
}
