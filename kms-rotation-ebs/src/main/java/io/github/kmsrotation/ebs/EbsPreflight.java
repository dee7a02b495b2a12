package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.EbsTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.services.ec2.model.DeviceType;
import software.amazon.awssdk.services.ec2.model.EbsEncryptionSupport;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.VolumeAttachmentState;
import software.amazon.awssdk.services.ec2.model.VolumeAttributeName;
import software.amazon.awssdk.services.ec2.model.VolumeModificationState;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/** What stands in the way of rotating volumes. */
final class EbsPreflight {

  private static final int MOST_TAGS = 50;
  private static final String GROUP_TAG = "aws:autoscaling:groupName";

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final Ec2 ec2;
  private final Findings findings;
  private Map<String, String> newInstance = NewInstance.attributes(false, Optional.empty());

  EbsPreflight(PlanRequest<EbsTarget> request, EbsOptions options, Ec2 ec2, Findings findings) {
    this.request = request;
    this.options = options;
    this.ec2 = ec2;
    this.findings = findings;
  }

  /** How writes are kept from the originals; if they are not, that is a problem. */
  Writes writes(Optional<Instance> on, List<Disk> disks) {
    if (on.isEmpty()) {
      return Writes.UNATTACHED;
    }
    Instance instance = on.get();
    if (options.trafficSwitch().isPresent()) {
      return replacement().writes(instance);
    }
    if (options.copier().isPresent()) {
      return Writes.FROZEN;
    }
    if (instance.state().name() == InstanceStateName.STOPPED) {
      return Writes.STOPPED_ALREADY;
    }
    if (options.writeFreeze().isEmpty()) {
      if (!options.stopsInstance()) {
        problem(
            "The instance "
                + instance.instanceId()
                + " runs, and writes made after the snapshots would be lost.",
            "Let the run stop it: EbsOptions.builder().stopInstance(). Or, for data volumes, give a"
                + " writeFreeze that takes them out of use.");
      }
      return Writes.STOPPED_BY_RUN;
    }
    disks.stream()
        .filter(disk -> disk.device().equals(Optional.ofNullable(instance.rootDeviceName())))
        .forEach(
            root ->
                problem(
                    root.name()
                        + " is the root volume, which cannot be detached while the instance"
                        + " runs.",
                    "Say stopInstance() instead of writeFreeze, or rotate the data volumes one by"
                        + " one."));
    return Writes.FROZEN;
  }

  private NewInstancePreflight replacement() {
    return new NewInstancePreflight(request, options, ec2, findings);
  }

  /** What the plan has to note of a new instance, once all is checked. */
  Map<String, String> newInstance() {
    return newInstance;
  }

  void check(Optional<Instance> instance, List<Volume> volumes, Subject subject) {
    options
        .trafficSwitch()
        .ifPresent(
            traffic ->
                newInstance =
                    NewInstance.attributes(true, replacement().check(instance, volumes, traffic)));
    volumes.forEach(volume -> checkVolume(volume, subject));
    findings.check(() -> checkModifications(volumes));
    instance.ifPresent(on -> checkInstance(on, subject));
    findings.check(() -> checkOtherRuns(subject));
    findings.check(
        () ->
            new SnapshotFindings(request.calls(), ec2, findings)
                .find(volumes, options.copier().isEmpty()));
    new EbsWarnings(request, options, findings).warn(instance, volumes, subject);
    new WayFindings(options, findings).find(instance, volumes, subject);
  }

  private void checkVolume(Volume volume, Subject subject) {
    String id = volume.volumeId();
    if (volume.state() != VolumeState.AVAILABLE && volume.state() != VolumeState.IN_USE) {
      problem(
          "The volume " + id + " is " + volume.stateAsString() + ".",
          "Only a volume that is available or in use can be rotated.");
    }
    checkAttachments(volume);
    if (volume.operator() != null && Boolean.TRUE.equals(volume.operator().managed())) {
      problem(
          "The volume " + id + " is managed by " + volume.operator().principal() + ".",
          "Only that service can replace it.");
    }
    if (RunTag.userTags(volume.tags()).size() >= MOST_TAGS) {
      problem(
          "The volume "
              + id
              + " has "
              + MOST_TAGS
              + " tags; the run needs one more on what it makes.",
          "Remove a tag: EC2 allows " + MOST_TAGS + ".");
    }
    findings.check(() -> checkAttributes(volume, subject));
  }

  private void checkAttachments(Volume volume) {
    if (volume.attachments().size() > 1) {
      problem(
          "The volume "
              + volume.volumeId()
              + " is attached to "
              + volume.attachments().size()
              + " instances.",
          "Detach it from all but one: a swap on several instances at once is not supported.");
    }
    for (VolumeAttachment attachment : volume.attachments()) {
      if (attachment.instanceOwningService() != null) {
        problem(
            "The volume "
                + volume.volumeId()
                + " is attached by "
                + attachment.instanceOwningService()
                + ".",
            "Only that service can swap it.");
      } else if (attachment.state() != VolumeAttachmentState.ATTACHED) {
        problem(
            "The volume " + volume.volumeId() + " is " + attachment.stateAsString() + ".",
            "Wait until that is over.");
      }
    }
  }

  private void checkAttributes(Volume volume, Subject subject) {
    String id = volume.volumeId();
    boolean isSold =
        !read(
                "ec2:DescribeVolumeAttribute",
                () ->
                    ec2.client()
                        .describeVolumeAttribute(
                            r -> r.volumeId(id).attribute(VolumeAttributeName.PRODUCT_CODES)))
            .productCodes()
            .isEmpty();
    if (isSold && subject.isKeptRunning() && options.trafficSwitch().isEmpty()) {
      problem(
          "The volume "
              + id
              + " has an AWS Marketplace product code: it can be attached to a"
              + " stopped instance only.",
          "Say stopInstance() instead of writeFreeze or replaceRootVolume.");
    }
    boolean enablesIo =
        Boolean.TRUE.equals(
            read(
                    "ec2:DescribeVolumeAttribute",
                    () ->
                        ec2.client()
                            .describeVolumeAttribute(
                                r -> r.volumeId(id).attribute(VolumeAttributeName.AUTO_ENABLE_IO)))
                .autoEnableIO()
                .value());
    if (enablesIo) {
      findings.warning(
          "The volume " + id + " has auto-enabled I/O, which its new volume will not have.",
          "Set it with ModifyVolumeAttribute once the run is over.");
    }
  }

  private void checkModifications(List<Volume> volumes) {
    if (volumes.isEmpty()) {
      return;
    }
    List<String> ids = volumes.stream().map(Volume::volumeId).toList();
    read(
            "ec2:DescribeVolumesModifications",
            () ->
                ec2.client()
                    .describeVolumesModifications(r -> r.filters(Ec2.filter("volume-id", ids)))
                    .volumesModifications())
        .stream()
        .filter(m -> m.modificationState() == VolumeModificationState.MODIFYING)
        .forEach(
            m ->
                problem(
                    "The volume " + m.volumeId() + " is being modified.",
                    "Wait until the modification is optimizing or completed."));
  }

  private void checkInstance(Instance instance, Subject subject) {
    String id = instance.instanceId();
    InstanceStateName state = instance.state().name();
    if (state != InstanceStateName.RUNNING && state != InstanceStateName.STOPPED) {
      problem(
          "The instance " + id + " is " + instance.state().nameAsString() + ".",
          Set.of(InstanceStateName.TERMINATED, InstanceStateName.SHUTTING_DOWN).contains(state)
              ? "There is nothing to rotate."
              : "Wait until it is running or stopped.");
    }
    if (instance.operator() != null && Boolean.TRUE.equals(instance.operator().managed())) {
      problem(
          "The instance " + id + " is managed by " + instance.operator().principal() + ".",
          "Only that service can swap its volumes.");
    }
    findings.check(() -> checkType(instance, subject));
    if (subject.isStoppedByRun()) {
      checkCanBeStopped(instance);
    }
  }

  private void checkType(Instance instance, Subject subject) {
    List<InstanceTypeInfo> types =
        read(
            "ec2:DescribeInstanceTypes",
            () ->
                ec2.client()
                    .describeInstanceTypes(r -> r.instanceTypes(instance.instanceType()))
                    .instanceTypes());
    for (InstanceTypeInfo type : types) {
      if (type.ebsInfo().encryptionSupport() != EbsEncryptionSupport.SUPPORTED) {
        problem(
            "The instance type " + type.instanceTypeAsString() + " takes no encrypted volumes.",
            "Change the instance's type first.");
      }
      if (subject.isStoppedByRun()
          && Boolean.TRUE.equals(type.instanceStorageSupported())
          && !options.isLosingInstanceStoreAccepted()) {
        problem(
            "The instance type "
                + type.instanceTypeAsString()
                + " has instance store volumes, whose data is lost when the instance is stopped.",
            "Save what is on them; then say iAcceptLosingInstanceStoreData().");
      }
    }
  }

  private void checkCanBeStopped(Instance instance) {
    String id = instance.instanceId();
    if (instance.rootDeviceType() != DeviceType.EBS) {
      problem(
          "The root device of the instance "
              + id
              + " is an instance store volume, so it cannot be"
              + " stopped.",
          "Rotate its EBS volumes with a writeFreeze.");
    }
    if (instance.instanceLifecycle() != null) {
      problem(
          "The instance "
              + id
              + " is of the kind "
              + instance.instanceLifecycleAsString()
              + ", which may not come back when it is stopped.",
          "Rotate its data volumes with a writeFreeze, or replace the instance.");
    }
    findings.check(() -> checkStopProtection(id));
    instance.tags().stream()
        .filter(tag -> tag.key().equals(GROUP_TAG) && !options.isAutoScalingSuspended())
        .forEach(
            tag ->
                problem(
                    "The instance "
                        + id
                        + " is in the Auto Scaling group "
                        + tag.value()
                        + ", which terminates and replaces what is stopped.",
                    "Put it in standby or suspend the group's processes, and say"
                        + " autoScalingIsSuspended()."));
  }

  private void checkStopProtection(String id) {
    boolean isProtected =
        Boolean.TRUE.equals(
            read(
                    "ec2:DescribeInstanceAttribute",
                    () ->
                        ec2.client()
                            .describeInstanceAttribute(
                                r ->
                                    r.instanceId(id)
                                        .attribute(InstanceAttributeName.DISABLE_API_STOP)))
                .disableApiStop()
                .value());
    if (isProtected) {
      problem("The instance " + id + " is protected from being stopped.", "Turn that off.");
    }
  }

  private void checkOtherRuns(Subject subject) {
    Optional<RunId> other = OtherRuns.under(ec2, request.calls(), subject, request.runId());
    other.ifPresent(run -> problem(OtherRuns.text(run), OtherRuns.remedy(run)));
  }

  private <T> T read(String operation, Supplier<T> call) {
    return request.calls().read(operation, call);
  }

  private void problem(String text, String remedy) {
    findings.problem(text, remedy);
  }
}
