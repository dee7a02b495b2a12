package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.target.EbsTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.LaunchTemplate;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/**
 * What EC2 keeps under a key, or would: volumes, snapshots and the AMIs made of them, launch
 * templates that name it, the account's default key for EBS. Found with {@link
 * java.util.ServiceLoader}; not meant to be called by anybody else. Safe for use by several
 * threads.
 */
public final class EbsKeyUsage implements KeyUsageSource {

  /** For {@link java.util.ServiceLoader}. */
  public EbsKeyUsage() {}

  @Override
  public String kind() {
    return EbsTarget.KIND;
  }

  @Override
  public String covers() {
    return "volumes, own snapshots, AMIs, launch templates and the default key of EBS, but neither"
        + " snapshots in the Recycle Bin nor launch configurations";
  }

  @Override
  public List<KeyUse> find(KeyArn key, AwsReader reader, Optional<StrategyOptions<?>> options) {
    Optional<Ec2Client> given = EbsStrategy.mine(options).client();
    if (given.isPresent()) {
      return find(key, reader, given.get());
    }
    try (Ec2Client own = Ec2Client.builder().region(Region.of(key.region())).build()) {
      return find(key, reader, own);
    }
  }

  private static List<KeyUse> find(KeyArn key, AwsReader reader, Ec2Client ec2) {
    List<KeyUse> uses = new ArrayList<>();
    addVolumes(key, reader, ec2, uses);
    addSnapshots(key, reader, ec2, uses);
    addLaunchTemplates(key, reader, ec2, uses);
    String byDefault =
        reader.read(
            "ec2:GetEbsDefaultKmsKeyId", () -> ec2.getEbsDefaultKmsKeyId(r -> {}).kmsKeyId());
    if (isUnder(key, byDefault)) {
      uses.add(
          new KeyUse(
              "default KMS key for EBS encryption",
              "It is the key, so new volumes go under it: set another"
                  + " (ec2:ModifyEbsDefaultKmsKeyId)."));
    }
    return uses;
  }

  private static void addVolumes(KeyArn key, AwsReader reader, Ec2Client ec2, List<KeyUse> uses) {
    reader
        .read(
            "ec2:DescribeVolumes",
            () ->
                ec2.describeVolumesPaginator(r -> r.filters(encrypted())).volumes().stream()
                    .toList())
        .stream()
        .filter(volume -> isUnder(key, volume.kmsKeyId()))
        .forEach(
            volume ->
                uses.add(
                    new KeyUse(
                        "volume " + volume.volumeId(),
                        "It is under the key: rotate it to another (RotationPlanner.forEbs), or"
                            + " delete it.")));
  }

  private static void addSnapshots(KeyArn key, AwsReader reader, Ec2Client ec2, List<KeyUse> uses) {
    List<Snapshot> snapshots =
        reader
            .read(
                "ec2:DescribeSnapshots",
                () ->
                    ec2
                        .describeSnapshotsPaginator(r -> r.ownerIds("self").filters(encrypted()))
                        .snapshots()
                        .stream()
                        .toList())
            .stream()
            .filter(snapshot -> isUnder(key, snapshot.kmsKeyId()))
            .toList();
    Map<String, List<String>> images =
        snapshots.isEmpty() ? Map.of() : imagesBySnapshot(reader, ec2);
    for (Snapshot snapshot : snapshots) {
      List<String> users = images.getOrDefault(snapshot.snapshotId(), List.of());
      uses.add(
          new KeyUse(
              "snapshot " + snapshot.snapshotId(),
              "It is under the key: copy it under another key if you need it, and delete it."
                  + (users.isEmpty()
                      ? ""
                      : " These AMIs are made of it: " + String.join(", ", users) + ".")));
    }
  }

  private static Map<String, List<String>> imagesBySnapshot(AwsReader reader, Ec2Client ec2) {
    List<Image> images =
        reader.read(
            "ec2:DescribeImages",
            () ->
                ec2
                    .describeImagesPaginator(
                        r -> r.owners("self").includeDeprecated(true).includeDisabled(true))
                    .images()
                    .stream()
                    .toList());
    Map<String, List<String>> bySnapshot = new HashMap<>();
    for (Image image : images) {
      image.blockDeviceMappings().stream()
          .filter(mapping -> mapping.ebs() != null && mapping.ebs().snapshotId() != null)
          .forEach(
              mapping ->
                  bySnapshot
                      .computeIfAbsent(mapping.ebs().snapshotId(), id -> new ArrayList<>())
                      .add(image.imageId()));
    }
    return bySnapshot;
  }

  /** All versions: anybody may launch from an old one. */
  private static void addLaunchTemplates(
      KeyArn key, AwsReader reader, Ec2Client ec2, List<KeyUse> uses) {
    List<LaunchTemplate> templates =
        reader.read(
            "ec2:DescribeLaunchTemplates",
            () ->
                ec2.describeLaunchTemplatesPaginator(r -> {}).launchTemplates().stream().toList());
    for (LaunchTemplate template : templates) {
      String versions = versionsThatName(key, reader, ec2, template.launchTemplateId());
      if (!versions.isEmpty()) {
        uses.add(
            new KeyUse(
                "launch template "
                    + template.launchTemplateName()
                    + " ("
                    + template.launchTemplateId()
                    + "), versions "
                    + versions,
                "It names the key, so what is launched from it goes under the key: make a version"
                    + " with another, make that the default, and delete these."));
      }
    }
  }

  private static String versionsThatName(
      KeyArn key, AwsReader reader, Ec2Client ec2, String templateId) {
    List<LaunchTemplateVersion> versions =
        reader.read(
            "ec2:DescribeLaunchTemplateVersions",
            () ->
                ec2
                    .describeLaunchTemplateVersionsPaginator(r -> r.launchTemplateId(templateId))
                    .launchTemplateVersions()
                    .stream()
                    .toList());
    return versions.stream()
        .filter(
            version ->
                version.launchTemplateData().blockDeviceMappings().stream()
                    .anyMatch(m -> m.ebs() != null && isUnder(key, m.ebs().kmsKeyId())))
        .map(version -> version.versionNumber().toString())
        .sorted()
        .reduce((a, b) -> a + ", " + b)
        .orElse("");
  }

  private static Filter encrypted() {
    return Ec2.filter("encrypted", List.of("true"));
  }

  /**
   * By ARN or id. An alias that a launch template names is no use of this key for ever: what it
   * stands for is looked at by the retirement itself.
   */
  private static boolean isUnder(KeyArn key, @Nullable String identifier) {
    return key.value().equals(identifier) || key.keyId().equals(identifier);
  }
}
