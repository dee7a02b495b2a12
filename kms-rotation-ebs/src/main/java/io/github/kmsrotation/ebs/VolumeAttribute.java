package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Evidence;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * What a new volume has as its original has it.
 *
 * @param name as EC2 calls it
 * @param of its value, as text
 */
record VolumeAttribute(String name, Function<Volume, String> of) {

  static final List<VolumeAttribute> ALL =
      List.of(
          new VolumeAttribute("VolumeType", volume -> text(volume.volumeTypeAsString())),
          new VolumeAttribute("Size", volume -> text(volume.size())),
          new VolumeAttribute("Iops", volume -> text(volume.iops())),
          new VolumeAttribute("Throughput", volume -> text(volume.throughput())),
          new VolumeAttribute("MultiAttachEnabled", volume -> text(volume.multiAttachEnabled())),
          new VolumeAttribute("AvailabilityZone", volume -> text(volume.availabilityZone())),
          new VolumeAttribute("OutpostArn", volume -> text(volume.outpostArn())),
          new VolumeAttribute("Tags", VolumeAttribute::tags));

  static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static String tags(Volume volume) {
    return RunTag.userTags(volume.tags()).stream()
        .map(tag -> tag.key() + "=" + tag.value())
        .collect(Collectors.joining(", "));
  }

  /** All of them, and the key that the replacement is to be under. */
  static List<Evidence> compare(Volume original, Volume replacement, String keyArn) {
    String names = replacement.volumeId() + " for " + original.volumeId() + ", ";
    List<Evidence> evidence =
        ALL.stream()
            .map(
                attribute ->
                    new Evidence(
                        names + attribute.name(),
                        attribute.of().apply(original),
                        attribute.of().apply(replacement)))
            .collect(Collectors.toList());
    evidence.add(new Evidence(names + "KmsKeyId", keyArn, text(replacement.kmsKeyId())));
    return evidence;
  }
}
