package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.spi.KeyUse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.LaunchTemplate;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/** One search for what EC2 has under a key. A look that is denied is one more use, and no end. */
final class KeyLook {

  private final KeyArn key;
  private final AwsReader reader;
  private final Ec2Client ec2;
  private final List<KeyUse> uses = new ArrayList<>();

  KeyLook(KeyArn key, AwsReader reader, Ec2Client ec2) {
    this.key = key;
    this.reader = reader;
    this.ec2 = ec2;
  }

  List<KeyUse> uses() {
    look("volumes", this::lookAtVolumes);
    look("snapshots and AMIs", this::lookAtSnapshots);
    look("launch templates", this::lookAtLaunchTemplates);
    look("the default KMS key for EBS encryption", this::lookAtDefault);
    return uses;
  }

  private void look(String resources, Runnable look) {
    try {
      look.run();
    } catch (MissingPermissionException e) {
      uses.add(KeyUse.unseen(resources, e));
    }
  }

  private void lookAtVolumes() {
    reader
        .read(
            "ec2:DescribeVolumes",
            () ->
                ec2.describeVolumesPaginator(r -> r.filters(encrypted())).volumes().stream()
                    .toList())
        .stream()
        .filter(volume -> isUnder(volume.kmsKeyId()))
        .forEach(
            volume ->
                uses.add(
                    new KeyUse(
                        "volume " + volume.volumeId(),
                        "It is under the key: rotate it to another (RotationPlanner.forEbs), or"
                            + " delete it.")));
  }

  private void lookAtSnapshots() {
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
            .filter(snapshot -> isUnder(snapshot.kmsKeyId()))
            .toList();
    Map<String, List<String>> images = new HashMap<>();
    if (!snapshots.isEmpty()) {
      look("AMIs of these snapshots", () -> images.putAll(imagesBySnapshot()));
    }
    for (Snapshot snapshot : snapshots) {
      List<String> users = images.getOrDefault(snapshot.snapshotId(), List.of());
      uses.add(
          new KeyUse(
              "snapshot " + snapshot.snapshotId(),
              "It is under the key: copy it under another key if you need it"
                  + " (RotationPlanner.forEbs), and delete it."
                  + (users.isEmpty()
                      ? ""
                      : " These AMIs are made of it: " + String.join(", ", users) + ".")));
    }
  }

  private Map<String, List<String>> imagesBySnapshot() {
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
  private void lookAtLaunchTemplates() {
    List<LaunchTemplate> templates =
        reader.read(
            "ec2:DescribeLaunchTemplates",
            () ->
                ec2.describeLaunchTemplatesPaginator(r -> {}).launchTemplates().stream().toList());
    for (LaunchTemplate template : templates) {
      String versions = versionsThatNameTheKey(template.launchTemplateId());
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

  private String versionsThatNameTheKey(String templateId) {
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
                    .anyMatch(m -> m.ebs() != null && isUnder(m.ebs().kmsKeyId())))
        .map(LaunchTemplateVersion::versionNumber)
        .sorted()
        .map(Object::toString)
        .collect(Collectors.joining(", "));
  }

  private void lookAtDefault() {
    String byDefault =
        reader.read(
            "ec2:GetEbsDefaultKmsKeyId", () -> ec2.getEbsDefaultKmsKeyId(r -> {}).kmsKeyId());
    if (isUnder(byDefault)) {
      uses.add(
          new KeyUse(
              "default KMS key for EBS encryption",
              "It is the key, so new volumes go under it: set another"
                  + " (RotationPlanner.forEbsDefaultKey)."));
    }
  }

  private static Filter encrypted() {
    return Ec2.filter("encrypted", List.of("true"));
  }

  /**
   * By ARN or id. An alias that a launch template names is no use of this key for ever: what it
   * stands for is looked at by the retirement itself.
   */
  private boolean isUnder(@Nullable String identifier) {
    return key.isNamedBy(Optional.ofNullable(identifier));
  }
}
