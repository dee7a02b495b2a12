package io.github.kmsrotation.ebs;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.CreateVolumePermission;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.LaunchPermission;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/** Snapshots and AMIs, with unusual values everywhere, in an embedded AWS. */
final class ImageWorld {

  static final String TEXT = "orders";
  static final String ACCOUNT = "210987654321";
  static final Instant DEPRECATED = Instant.parse("2027-03-04T05:06:00Z");

  private final EbsWorld world;

  ImageWorld(EbsWorld world) {
    this.world = world;
  }

  /** Of a volume of 4 GiB that holds {@link #TEXT} and is not there any more. */
  String snapshot(String description) {
    String volume = world.volume(r -> {});
    world.write(volume, TEXT);
    String id =
        world
            .ec2
            .createSnapshot(
                r ->
                    r.volumeId(volume)
                        .description(description)
                        .tagSpecifications(
                            EbsWorld.tags(
                                "snapshot",
                                EbsWorld.tag("team", "böck & söhne"),
                                EbsWorld.tag("empty", ""))))
            .snapshotId();
    world.settle();
    world.ec2.deleteVolume(r -> r.volumeId(volume));
    world.settle();
    return id;
  }

  void share(String snapshotId) {
    world.ec2.modifySnapshotAttribute(
        r ->
            r.snapshotId(snapshotId)
                .createVolumePermission(
                    p -> p.add(CreateVolumePermission.builder().userId(ACCOUNT).build())));
  }

  /** Of two snapshots. */
  String image() {
    String root = snapshot("the system");
    String data = snapshot("the data");
    String id =
        world
            .ec2
            .registerImage(
                r ->
                    r.name("orders (v1)")
                        .description("Order service, as of 2025")
                        .architecture("arm64")
                        .rootDeviceName("/dev/sda1")
                        .bootMode("uefi")
                        .tpmSupport("v2.0")
                        .imdsSupport("v2.0")
                        .uefiData("QU1aTlVFRkk=")
                        .virtualizationType("hvm")
                        .enaSupport(true)
                        .sriovNetSupport("simple")
                        .blockDeviceMappings(
                            mapping("/dev/sda1", root, "gp3", 9, 4000, 300, false),
                            mapping("/dev/sdx", data, "io2", 6, 700, null, true))
                        .tagSpecifications(
                            EbsWorld.tags("image", EbsWorld.tag("release", "4.2 beta"))))
            .imageId();
    world.settle();
    world.ec2.modifyImageAttribute(
        r ->
            r.imageId(id)
                .launchPermission(p -> p.add(LaunchPermission.builder().userId(ACCOUNT).build())));
    world.ec2.enableImageDeprecation(r -> r.imageId(id).deprecateAt(DEPRECATED));
    world.settle();
    return id;
  }

  private static BlockDeviceMapping mapping(
      String device,
      String snapshotId,
      String type,
      int size,
      int iops,
      @Nullable Integer throughput,
      boolean isDeleted) {
    return EbsWorld.disk(
        device,
        ebs ->
            ebs.snapshotId(snapshotId)
                .volumeType(type)
                .volumeSize(size)
                .iops(iops)
                .throughput(throughput)
                .deleteOnTermination(isDeleted));
  }

  Snapshot describe(String snapshotId) {
    return world.ec2.describeSnapshots(r -> r.snapshotIds(snapshotId)).snapshots().get(0);
  }

  Snapshot onlySnapshot() {
    return world.ec2.describeSnapshots(r -> r.ownerIds("self")).snapshots().get(0);
  }

  Image onlyImage() {
    return world.ec2.describeImages(r -> r.owners("self")).images().get(0);
  }

  /** Snapshot ids by device. */
  static Map<String, String> snapshots(Image image) {
    Map<String, String> ids = new TreeMap<>();
    image
        .blockDeviceMappings()
        .forEach(mapping -> ids.put(mapping.deviceName(), mapping.ebs().snapshotId()));
    return ids;
  }
}
