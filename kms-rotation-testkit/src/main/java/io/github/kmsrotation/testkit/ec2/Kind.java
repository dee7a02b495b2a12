package io.github.kmsrotation.testkit.ec2;

/**
 * The kinds of resources, what their ids look like, and the codes of errors about ids.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html">Error
 *     codes</a>
 */
enum Kind {
  VOLUME("vol", "volume", "InvalidVolumeID.Malformed", "InvalidVolume.NotFound"),
  SNAPSHOT("snap", "snapshot", "InvalidSnapshotID.Malformed", "InvalidSnapshot.NotFound"),
  INSTANCE("i", "instance", "InvalidInstanceID.Malformed", "InvalidInstanceID.NotFound"),
  IMAGE("ami", "image", "InvalidAMIID.Malformed", "InvalidAMIID.NotFound"),
  LAUNCH_TEMPLATE(
      "lt",
      "launch-template",
      "InvalidLaunchTemplateId.Malformed",
      "InvalidLaunchTemplateId.NotFound"),
  ROOT_TASK(
      "replacevol",
      "replace-root-volume-task",
      "InvalidReplaceRootVolumeTaskId.Malformed",
      "InvalidReplaceRootVolumeTaskId.NotFound");

  final String prefix;
  final String tagType;
  final String malformed;
  final String notFound;

  Kind(String prefix, String tagType, String malformed, String notFound) {
    this.prefix = prefix;
    this.tagType = tagType;
    this.malformed = malformed;
    this.notFound = notFound;
  }

  boolean fits(String id) {
    return id.matches(prefix + "-([0-9a-f]{8}|[0-9a-f]{17})");
  }
}
