package io.github.kmsrotation.testkit.ec2;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** AMIs that Amazon offers, in each Region under ids of its own: there once looked for. */
final class PublicImages {

  static final String OWNER = "137112412989";
  private static final Instant PUBLISHED = Instant.parse("2020-01-01T00:00:00Z");
  private static final int ROOT_GIB = 8;

  private final Ec2Store store;
  private final Set<String> there = new HashSet<>();

  PublicImages(Ec2Store store) {
    this.store = store;
  }

  /** The AMI with an EBS root volume for an architecture. */
  static String ebsBacked(String region, String architecture) {
    return id(Kind.IMAGE, region + " ebs " + architecture);
  }

  /** The AMI whose root device is an instance store volume. */
  static String instanceStoreBacked(String region) {
    return id(Kind.IMAGE, region + " instance-store");
  }

  private static String id(Kind kind, String name) {
    String hex =
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
    return kind.prefix + "-" + hex.substring(0, 17);
  }

  void bringTo(String region) {
    if (there.add(region)) {
      bringEbsBacked(region, "x86_64");
      bringEbsBacked(region, "arm64");
      publish(
          new Image(
              region,
              instanceStoreBacked(region),
              PUBLISHED,
              OWNER,
              "amzn-ami-instance-store-x86_64",
              "x86_64",
              "/dev/sda1",
              List.of()));
    }
  }

  private void bringEbsBacked(String region, String architecture) {
    Snapshot snapshot =
        new Snapshot(
            region,
            id(Kind.SNAPSHOT, region + " ebs " + architecture),
            PUBLISHED,
            OWNER,
            id(Kind.VOLUME, region + " ebs " + architecture),
            ROOT_GIB,
            Encryption.NONE,
            store.newData());
    snapshot.complete(PUBLISHED);
    store.add(snapshot);
    Map<String, Object> ebs = new LinkedHashMap<>();
    ebs.put("SnapshotId", snapshot.id);
    ebs.put("VolumeSize", ROOT_GIB);
    ebs.put("VolumeType", "gp3");
    ebs.put("DeleteOnTermination", true);
    ebs.put("Encrypted", false);
    publish(
        new Image(
            region,
            ebsBacked(region, architecture),
            PUBLISHED,
            OWNER,
            "al2023-ami-" + architecture,
            architecture,
            "/dev/xvda",
            List.of(new BlockMapping("/dev/xvda", Optional.of(ebs), false))));
  }

  private void publish(Image image) {
    image.isPublic = true;
    store.add(image);
  }
}
