package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.LaunchTemplate;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Who names an AMI, as far as EC2 tells: launch templates, and Auto Scaling groups by the tag of
 * their instances that run from it. What a group would launch is Auto Scaling's to tell, whose SDK
 * this artifact does without: a group with a launch template is covered by that.
 *
 * @param blocking default and latest versions of launch templates, which launch from it unasked
 * @param others other versions, which somebody has to name, and groups
 */
record ImageUsers(List<String> blocking, List<String> others) {

  private static final String GROUP_TAG = "aws:autoscaling:groupName";

  List<String> texts() {
    List<String> texts = new ArrayList<>(blocking);
    texts.addAll(others);
    return texts;
  }

  static ImageUsers find(Ec2 ec2, AwsReader reader, String imageId) {
    List<String> blocking = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Ec2Client client = ec2.client();
    List<LaunchTemplate> templates =
        reader.read(
            "ec2:DescribeLaunchTemplates",
            () ->
                client.describeLaunchTemplatesPaginator(r -> {}).launchTemplates().stream()
                    .toList());
    for (LaunchTemplate template : templates) {
      List<LaunchTemplateVersion> versions =
          reader.read(
              "ec2:DescribeLaunchTemplateVersions",
              () ->
                  client
                      .describeLaunchTemplateVersionsPaginator(
                          r -> r.launchTemplateId(template.launchTemplateId()))
                      .launchTemplateVersions()
                      .stream()
                      .toList());
      versions.stream()
          .filter(version -> imageId.equals(version.launchTemplateData().imageId()))
          .forEach(version -> sort(template, version, blocking, others));
    }
    others.addAll(groups(ec2, reader, imageId));
    return new ImageUsers(List.copyOf(blocking), List.copyOf(others));
  }

  private static void sort(
      LaunchTemplate template,
      LaunchTemplateVersion version,
      List<String> blocking,
      List<String> others) {
    boolean isDefault = Boolean.TRUE.equals(version.defaultVersion());
    boolean isLatest = version.versionNumber().equals(template.latestVersionNumber());
    String which = (isDefault ? ", the default" : "") + (isLatest ? ", the latest" : "");
    (isDefault || isLatest ? blocking : others)
        .add(
            "The launch template "
                + template.launchTemplateName()
                + " ("
                + template.launchTemplateId()
                + ") names the AMI in version "
                + version.versionNumber()
                + which
                + ".");
  }

  private static List<String> groups(Ec2 ec2, AwsReader reader, String imageId) {
    TreeMap<String, TreeSet<String>> instances = new TreeMap<>();
    ec2.instancesOfImage(reader, imageId)
        .forEach(
            instance ->
                instance.tags().stream()
                    .filter(tag -> tag.key().equals(GROUP_TAG))
                    .map(Tag::value)
                    .forEach(
                        group ->
                            instances
                                .computeIfAbsent(group, name -> new TreeSet<>())
                                .add(instance.instanceId())));
    return instances.entrySet().stream()
        .map(
            group ->
                "The Auto Scaling group "
                    + group.getKey()
                    + " has instances that run from the AMI: "
                    + String.join(", ", group.getValue())
                    + ".")
        .toList();
  }
}
