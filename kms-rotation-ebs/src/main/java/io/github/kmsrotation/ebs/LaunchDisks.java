package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/** The volumes that a new instance is launched with: those of the AMI, under the new key. */
final class LaunchDisks {

  private final EbsStep.Env env;

  LaunchDisks(EbsStep.Env env) {
    this.env = env;
  }

  List<BlockDeviceMapping> of(StepContext context, Image image) {
    var originals =
        env.ec2().volumesOf(context, env.subject().instance()).stream()
            .collect(Collectors.toMap(Volume::volumeId, volume -> volume));
    List<BlockDeviceMapping> mappings = new ArrayList<>();
    for (Disk disk : env.subject().disks()) {
      Optional.ofNullable(originals.get(disk.volumeId()))
          .ifPresent(volume -> mappings.add(mapping(disk, volume, image)));
    }
    return mappings;
  }

  private BlockDeviceMapping mapping(Disk disk, Volume original, Image image) {
    String device = disk.device().orElseThrow();
    EbsBlockDevice.Builder ebs =
        EbsBlockDevice.builder()
            .encrypted(true)
            .kmsKeyId(env.targetKeyArn())
            .volumeType(original.volumeType())
            .volumeSize(original.size())
            .deleteOnTermination(disk.deletedOnTermination());
    if (!device.equals(image.rootDeviceName())) {
      // The root volume's is the AMI's in any case, and is refused if it is named.
      ebs.snapshotId(snapshot(image, device));
    }
    if (CreateVolumeStep.takesIops(original.volumeType())) {
      ebs.iops(original.iops());
    }
    if (original.volumeType() == VolumeType.GP3) {
      ebs.throughput(original.throughput());
    }
    EbsSteps.initializationRate(env.plan()).ifPresent(ebs::volumeInitializationRate);
    disk.card().ifPresent(ebs::ebsCardIndex);
    return BlockDeviceMapping.builder().deviceName(device).ebs(ebs.build()).build();
  }

  private static String snapshot(Image image, String device) {
    return image.blockDeviceMappings().stream()
        .filter(mapping -> mapping.deviceName().equals(device) && mapping.ebs() != null)
        .map(mapping -> mapping.ebs().snapshotId())
        .findFirst()
        .orElseThrow(
            () ->
                new io.github.kmsrotation.error.UnexpectedAnswerException(
                    "The AMI " + image.imageId() + " has no snapshot for " + device + "."));
  }
}
