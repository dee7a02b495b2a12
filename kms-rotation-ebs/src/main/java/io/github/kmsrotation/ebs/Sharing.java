package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.CreateVolumePermission;
import software.amazon.awssdk.services.ec2.model.ImageAttributeName;
import software.amazon.awssdk.services.ec2.model.LaunchPermission;
import software.amazon.awssdk.services.ec2.model.SnapshotAttributeName;

/**
 * With whom a snapshot or an AMI is shared: account ids, ARNs of organizations and organizational
 * units, or {@code all}.
 *
 * @param with sorted
 */
record Sharing(SortedSet<String> with) {

  private static final String ALL = "all";

  static Sharing ofSnapshot(Ec2 ec2, AwsReader reader, String id) {
    List<CreateVolumePermission> permissions =
        reader.read(
            "ec2:DescribeSnapshotAttribute",
            () ->
                ec2.client()
                    .describeSnapshotAttribute(
                        r ->
                            r.snapshotId(id)
                                .attribute(SnapshotAttributeName.CREATE_VOLUME_PERMISSION))
                    .createVolumePermissions());
    return of(permissions.stream().flatMap(p -> given(p.groupAsString(), p.userId())).toList());
  }

  static Sharing ofImage(Ec2 ec2, AwsReader reader, String id) {
    List<LaunchPermission> permissions =
        reader.read(
            "ec2:DescribeImageAttribute",
            () ->
                ec2.client()
                    .describeImageAttribute(
                        r -> r.imageId(id).attribute(ImageAttributeName.LAUNCH_PERMISSION))
                    .launchPermissions());
    return of(
        permissions.stream()
            .flatMap(
                p ->
                    given(
                        p.groupAsString(),
                        p.userId(),
                        p.organizationArn(),
                        p.organizationalUnitArn()))
            .toList());
  }

  private static Stream<String> given(@Nullable String... values) {
    return Arrays.stream(values).map(VolumeAttribute::text).filter(value -> !value.isEmpty());
  }

  static Sharing of(Collection<String> with) {
    return new Sharing(new TreeSet<>(with));
  }

  boolean isPublic() {
    return with.contains(ALL);
  }

  boolean isPrivate() {
    return with.isEmpty();
  }

  String text() {
    return String.join(", ", with);
  }

  String stored() {
    return String.join(" ", with);
  }

  static Sharing read(String stored) {
    return stored.isEmpty() ? of(List.of()) : of(Arrays.asList(stored.split(" ", -1)));
  }

  CreateVolumePermission[] volumePermissions() {
    return with.stream()
        .map(account -> CreateVolumePermission.builder().userId(account).build())
        .toArray(CreateVolumePermission[]::new);
  }

  LaunchPermission[] launchPermissions() {
    return with.stream().map(Sharing::launchPermission).toArray(LaunchPermission[]::new);
  }

  private static LaunchPermission launchPermission(String name) {
    LaunchPermission.Builder permission = LaunchPermission.builder();
    if (!name.startsWith("arn:")) {
      return permission.userId(name).build();
    }
    return name.contains(":ou/")
        ? permission.organizationalUnitArn(name).build()
        : permission.organizationArn(name).build();
  }
}
