package io.github.kmsrotation.s3;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.s3.Finding.Verdict;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/** A bucket with everything that can be in one. */
class S3EveryKindTest {

  private static final int VERSIONS = 10_000;

  @TempDir Path directory;
  private S3World world;
  private EveryKind bucket;

  @BeforeEach
  void fillBucket() {
    world = new S3World(directory);
    bucket = new EveryKind(world);
    bucket.fill(VERSIONS);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void rotation_ofEveryKind_movesEachVersionOrSaysWhyNot_andChangesNothingElse()
      throws IOException {
    try (S3Client reader = world.client(S3Client.builder())) {
      Snapshot before = Snapshot.of(reader, S3World.BUCKET);
      assertThat(before.rest()).hasSizeGreaterThan(VERSIONS);
      assertThat(before.markers()).hasSizeGreaterThan(50);

      RotationReport report =
          world
              .runner(world.options().concurrency(16).build())
              .build()
              .run(world.planner().plan())
              .requireComplete();

      Snapshot after = Snapshot.of(reader, S3World.BUCKET);
      assertThat(after.markers()).isEqualTo(before.markers());
      assertThat(after.sorted()).isEqualTo(before.sorted());
      assertThat(listed(report)).isEqualTo(new TreeMap<>(bucket.left()));
      after.encryption().forEach((name, now) -> assertIsRight(name, now, before));
    }
    assertArchivesOpen();
  }

  private void assertIsRight(String name, Snapshot.Seen now, Snapshot before) {
    Snapshot.Seen then = requireNonNull(before.encryption().get(name), name);
    if (bucket.left().containsKey(name)) {
      assertThat(now).as(name).isEqualTo(then);
    } else {
      boolean bucketKey = then.hasBucketKey() || then.algorithm().equals("AES256");
      assertThat(now)
          .as(name)
          .isEqualTo(new Snapshot.Seen("aws:kms", Optional.of(world.newKey), bucketKey));
    }
  }

  /** What the run's file says of those that it left. */
  private Map<String, Verdict> listed(RotationReport report) throws IOException {
    return Files.readAllLines(directory.resolve(report.runId() + "-objects.csv")).stream()
        .map(line -> line.split(",", -1))
        .collect(
            Collectors.toMap(
                f -> EveryKind.name(URLDecoder.decode(f[1], StandardCharsets.UTF_8), f[2]),
                f -> Verdict.valueOf(f[3]),
                (one, other) -> {
                  throw new AssertionError("listed twice");
                },
                TreeMap::new));
  }

  /** Their content was moved without being restored; it is still there. */
  private void assertArchivesOpen() {
    world.kms.disableKey(r -> r.keyId(world.oldKey));
    ObjectVersion archived =
        world
            .s3
            .listObjectVersionsPaginator(r -> r.bucket(S3World.BUCKET).prefix("kinds/"))
            .versions()
            .stream()
            .filter(v -> v.size() > 0)
            .filter(v -> v.storageClassAsString().equals("GLACIER"))
            .filter(v -> !bucket.left().containsKey(EveryKind.name(v.key(), v.versionId())))
            .findFirst()
            .orElseThrow();
    world.s3.restoreObject(
        r ->
            r.bucket(S3World.BUCKET)
                .key(archived.key())
                .versionId(archived.versionId())
                .restoreRequest(q -> q.days(1).glacierJobParameters(g -> g.tier("Standard"))));
    world.aws.clock().advance(Duration.ofHours(6));
    assertThat(
            world
                .s3
                .getObjectAsBytes(
                    r ->
                        r.bucket(S3World.BUCKET)
                            .key(archived.key())
                            .versionId(archived.versionId()))
                .asUtf8String())
        .endsWith("of " + archived.key());
  }
}
