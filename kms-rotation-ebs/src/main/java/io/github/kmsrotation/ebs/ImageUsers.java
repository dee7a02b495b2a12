package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.LaunchTemplate;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.ResponseLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Who names an AMI or a snapshot, as far as EC2 tells: launch templates, and Auto Scaling groups by
 * the tag of their instances that run from the AMI. What a group would launch is Auto Scaling's to
 * tell, whose SDK this artifact does without: a group with a launch template is covered by that.
 *
 * @param blocking default and latest versions of launch templates, which launch from it unasked
 * @param others other versions, which somebody has to name, and groups
 */
record ImageUsers(List<String> blocking, List<String> others) {

  private static final String GROUP_TAG = "aws:autoscaling:groupName";

  /**
   * How a version names a parameter that holds the AMI's id. EC2 would resolve it, in the caller's
   * name, and fail the look at all templates where the caller may not read it.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html">Use
   *     a Systems Manager parameter instead of an AMI ID</a>
   */
  private static final String BY_PARAMETER = "resolve:ssm:";

  List<String> texts() {
    List<String> texts = new ArrayList<>(blocking);
    texts.addAll(others);
    return texts;
  }

  static ImageUsers find(Ec2 ec2, AwsReader reader, String imageId) {
    ImageUsers templates =
        templates(
            ec2.client(),
            reader,
            "the AMI",
            data -> imageId.equals(data.imageId()),
            data -> VolumeAttribute.text(data.imageId()).startsWith(BY_PARAMETER));
    List<String> others = new ArrayList<>(templates.others());
    others.addAll(groups(ec2, reader, imageId));
    return new ImageUsers(templates.blocking(), List.copyOf(others));
  }

  /** Those that name it as what a volume is made of. */
  static ImageUsers ofSnapshot(Ec2 ec2, AwsReader reader, String snapshotId) {
    return templates(
        ec2.client(),
        reader,
        "the snapshot",
        data ->
            data.blockDeviceMappings().stream()
                .anyMatch(m -> m.ebs() != null && snapshotId.equals(m.ebs().snapshotId())),
        data -> false);
  }

  private static ImageUsers templates(
      Ec2Client client,
      AwsReader reader,
      String what,
      Predicate<ResponseLaunchTemplateData> isNamed,
      Predicate<ResponseLaunchTemplateData> mayBeNamed) {
    List<String> blocking = new ArrayList<>();
    List<String> others = new ArrayList<>();
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
      for (LaunchTemplateVersion version : versions) {
        ResponseLaunchTemplateData data = version.launchTemplateData();
        if (isNamed.test(data)) {
          (isUnasked(template, version) ? blocking : others).add(text(template, version, what));
        } else if (mayBeNamed.test(data) && isUnasked(template, version)) {
          others.add(text(template, version, data.imageId() + ", which may be " + what + ","));
        }
      }
    }
    return new ImageUsers(List.copyOf(blocking), List.copyOf(others));
  }

  private static boolean isLatest(LaunchTemplate template, LaunchTemplateVersion version) {
    return version.versionNumber().equals(template.latestVersionNumber());
  }

  /** Whether it is used where nobody names a version. */
  private static boolean isUnasked(LaunchTemplate template, LaunchTemplateVersion version) {
    return Boolean.TRUE.equals(version.defaultVersion()) || isLatest(template, version);
  }

  private static String text(LaunchTemplate template, LaunchTemplateVersion version, String what) {
    return "The launch template "
        + template.launchTemplateName()
        + " ("
        + template.launchTemplateId()
        + ") names "
        + what
        + " in version "
        + version.versionNumber()
        + (Boolean.TRUE.equals(version.defaultVersion()) ? ", the default" : "")
        + (isLatest(template, version) ? ", the latest" : "")
        + ".";
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
