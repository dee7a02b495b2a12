package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.target.EbsTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Which volumes of a client's Region and account are to be rotated: by a tag, or by the key that
 * they are under now. Volumes of one instance become one target, so that they are rotated at one
 * point in time and the instance is stopped once. Immutable.
 *
 * @param targets what to plan for with {@code RotationPlanner.forEbs}, in the order of their ids
 * @param leftOut what was selected and cannot be rotated as it is, with why
 */
public record EbsSelection(List<EbsTarget> targets, List<LeftOut> leftOut) {

  /**
   * A volume that no target holds.
   *
   * @param volumeId the volume
   * @param reason why, and what to do about it
   */
  public record LeftOut(String volumeId, String reason) {}

  /** Copies the lists. */
  public EbsSelection {
    targets = List.copyOf(targets);
    leftOut = List.copyOf(leftOut);
  }

  /**
   * Every volume that carries a tag, whatever key it is under: planning says of one that is under
   * the new key already that there is nothing to do.
   *
   * @param ec2 a client for the Region; it is not closed
   * @param key the tag's key, in its upper and lower case
   * @param value the tag's value, in its upper and lower case; {@code *} and {@code ?} stand for
   *     any characters and any one, as in all filters of EC2
   * @return the selection
   * @throws io.github.kmsrotation.error.MissingPermissionException if {@code ec2:DescribeVolumes}
   *     is denied
   * @throws io.github.kmsrotation.aws.AwsUnavailableException if AWS kept failing
   */
  public static EbsSelection byTag(Ec2Client ec2, String key, String value) {
    return select(ec2, Ec2.filter("tag:" + key, List.of(value)), volume -> true);
  }

  /**
   * Every volume that is under a KMS key.
   *
   * @param ec2 a client for the Region; it is not closed
   * @param kms a client for the same Region, that may {@code DescribeKey}; it is not closed
   * @param keyOrAlias a key's ARN or id, or an alias, such as {@code alias/aws/ebs}
   * @return the selection
   * @throws software.amazon.awssdk.services.kms.model.NotFoundException if there is no such key
   * @throws io.github.kmsrotation.error.MissingPermissionException if {@code kms:DescribeKey} or
   *     {@code ec2:DescribeVolumes} is denied
   * @throws io.github.kmsrotation.aws.AwsUnavailableException if AWS kept failing
   */
  public static EbsSelection underKey(Ec2Client ec2, KmsClient kms, String keyOrAlias) {
    KeyArn key =
        new KeyArn(
            calls()
                .read("kms:DescribeKey", () -> kms.describeKey(r -> r.keyId(keyOrAlias)))
                .keyMetadata()
                .arn());
    return select(
        ec2,
        Ec2.filter("encrypted", List.of("true")),
        volume -> key.isNamedBy(Optional.ofNullable(volume.kmsKeyId())));
  }

  private static AwsCalls calls() {
    return new AwsCalls(AwsCallSettings.builder().build());
  }

  private static EbsSelection select(Ec2Client client, Filter filter, Predicate<Volume> wanted) {
    Ec2 ec2 = new Ec2(client);
    AwsReader reader = calls();
    List<Volume> selected = ec2.volumes(reader, filter).stream().filter(wanted).toList();
    List<LeftOut> leftOut = new ArrayList<>();
    Map<String, List<String>> byTarget = new TreeMap<>();
    for (Volume volume : selected) {
      Optional<String> reason = unfit(volume);
      if (reason.isPresent()) {
        leftOut.add(new LeftOut(volume.volumeId(), reason.get()));
      } else {
        byTarget.computeIfAbsent(target(volume), id -> new ArrayList<>()).add(volume.volumeId());
      }
    }
    Map<String, Integer> attached = attached(ec2, reader, byTarget);
    List<EbsTarget> targets = new ArrayList<>();
    byTarget.forEach(
        (id, volumes) ->
            targets.add(
                attached.getOrDefault(id, volumes.size()) == volumes.size()
                    ? new EbsTarget(id)
                    : EbsTarget.of(id, volumes)));
    return new EbsSelection(targets, leftOut);
  }

  private static String target(Volume volume) {
    return volume.attachments().isEmpty()
        ? volume.volumeId()
        : volume.attachments().get(0).instanceId();
  }

  private static Optional<String> unfit(Volume volume) {
    if (volume.state() != VolumeState.AVAILABLE && volume.state() != VolumeState.IN_USE) {
      return Optional.of("It is " + volume.stateAsString() + ".");
    }
    if (volume.operator() != null && Boolean.TRUE.equals(volume.operator().managed())) {
      return Optional.of(
          "It is managed by " + volume.operator().principal() + ", which alone can replace it.");
    }
    if (volume.attachments().size() > 1) {
      return Optional.of(
          "It is attached to several instances. Detach it from all but one and select anew.");
    }
    return volume.attachments().stream()
        .filter(attachment -> attachment.instanceOwningService() != null)
        .map(
            attachment ->
                "It is attached by "
                    + attachment.instanceOwningService()
                    + ", which alone can swap it.")
        .findFirst();
  }

  /** How many volumes each instance has, whether they were selected or not. */
  private static Map<String, Integer> attached(
      Ec2 ec2, AwsReader reader, Map<String, List<String>> byTarget) {
    List<String> instances = byTarget.keySet().stream().filter(id -> id.startsWith("i-")).toList();
    Map<String, Integer> counts = new LinkedHashMap<>();
    // EC2 takes at most 200 values in a filter.
    for (int from = 0; from < instances.size(); from += Ec2.MOST_FILTER_VALUES) {
      List<String> some =
          instances.subList(from, Math.min(instances.size(), from + Ec2.MOST_FILTER_VALUES));
      ec2.volumes(reader, Ec2.filter("attachment.instance-id", some)).stream()
          .flatMap(volume -> volume.attachments().stream())
          .forEach(attachment -> counts.merge(attachment.instanceId(), 1, Integer::sum));
    }
    return counts;
  }
}
