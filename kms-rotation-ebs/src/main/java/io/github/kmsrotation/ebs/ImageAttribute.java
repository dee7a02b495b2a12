package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Evidence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.Image;

/**
 * What the copy of an AMI has as the original has it.
 *
 * @param name as EC2 calls it
 * @param of its value, as text
 */
record ImageAttribute(String name, Function<Image, String> of) {

  static final List<ImageAttribute> ALL =
      List.of(
          of("Architecture", Image::architectureAsString),
          of("ImageType", Image::imageTypeAsString),
          of("Platform", Image::platformAsString),
          of("PlatformDetails", Image::platformDetails),
          of("UsageOperation", Image::usageOperation),
          of("VirtualizationType", Image::virtualizationTypeAsString),
          of("Hypervisor", Image::hypervisorAsString),
          of("KernelId", Image::kernelId),
          of("RamdiskId", Image::ramdiskId),
          of("RootDeviceType", Image::rootDeviceTypeAsString),
          of("RootDeviceName", Image::rootDeviceName),
          of("BootMode", Image::bootModeAsString),
          of("TpmSupport", Image::tpmSupportAsString),
          of("ImdsSupport", Image::imdsSupportAsString),
          of("EnaSupport", Image::enaSupport),
          of("SriovNetSupport", Image::sriovNetSupport),
          of("Description", Image::description),
          of("BlockDeviceMappings", ImageAttribute::mappings),
          of("DeprecationTime", image -> deprecation(image).map(Instant::toString).orElse("")),
          of("Tags", image -> SnapshotCopyVerifier.tags(image.tags())));

  private static ImageAttribute of(String name, Function<Image, ?> value) {
    return new ImageAttribute(name, image -> VolumeAttribute.text(value.apply(image)));
  }

  static Optional<Instant> deprecation(Image image) {
    return Optional.ofNullable(image.deprecationTime())
        .filter(time -> !time.isEmpty())
        .map(Instant::parse);
  }

  private static String mappings(Image image) {
    return image.blockDeviceMappings().stream()
        .sorted(Comparator.comparing(mapping -> VolumeAttribute.text(mapping.deviceName())))
        .map(ImageAttribute::mapping)
        .toList()
        .toString();
  }

  private static String mapping(BlockDeviceMapping mapping) {
    EbsBlockDevice ebs = mapping.ebs();
    if (ebs == null) {
      return mapping.deviceName() + " " + VolumeAttribute.text(mapping.virtualName());
    }
    return mapping.deviceName()
        + " "
        + ebs.volumeSize()
        + " GiB "
        + ebs.volumeTypeAsString()
        + ", Iops "
        + VolumeAttribute.text(ebs.iops())
        + ", Throughput "
        + VolumeAttribute.text(ebs.throughput())
        + ", VolumeInitializationRate "
        + VolumeAttribute.text(ebs.volumeInitializationRate())
        + ", DeleteOnTermination "
        + VolumeAttribute.text(ebs.deleteOnTermination())
        + (ebs.snapshotId() == null ? ", empty" : ", of a snapshot");
  }

  static List<String> snapshotIds(Image image) {
    return List.copyOf(snapshotsByDevice(image).values());
  }

  static Map<String, String> snapshotsByDevice(Image image) {
    Map<String, String> ids = new TreeMap<>();
    for (BlockDeviceMapping mapping : image.blockDeviceMappings()) {
      EbsBlockDevice ebs = mapping.ebs();
      if (ebs != null && ebs.snapshotId() != null) {
        ids.put(mapping.deviceName(), ebs.snapshotId());
      }
    }
    return ids;
  }

  static List<Evidence> compare(Image original, Image copy) {
    String names = copy.imageId() + " for " + original.imageId() + ", ";
    List<Evidence> evidence = new ArrayList<>();
    ALL.forEach(
        attribute ->
            evidence.add(
                new Evidence(
                    names + attribute.name(),
                    attribute.of().apply(original),
                    attribute.of().apply(copy))));
    return evidence;
  }
}
