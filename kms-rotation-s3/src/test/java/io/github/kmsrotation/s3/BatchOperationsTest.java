package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What jobs of S3 Batch Operations move, and what becomes of the run when they do not. */
class BatchOperationsTest {

  @TempDir Path directory;
  private BatchWorld batch;
  private S3World world;

  @BeforeEach
  void create() {
    batch = new BatchWorld(directory);
    world = batch.world;
  }

  @AfterEach
  void close() {
    batch.close();
  }

  @Test
  void listed_movesEveryVersion_andChangesNothingElse() {
    world.enableVersioning();
    world.put("a", r -> r.metadata(Map.of("owner", "Zoë")));
    world.put("a");
    world.put("b/ü +%&\n,\"?");
    world.put("s3", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    world.put("deleted");
    world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("deleted"));
    List<ObjectVersion> before = world.versions();

    RotationReport report = batch.run(BatchManifest.listed()).requireComplete();

    assertThat(world.versions()).isEqualTo(before);
    assertThat(before)
        .hasSize(5)
        .allSatisfy(
            version -> {
              assertThat(world.head(version).ssekmsKeyId()).isEqualTo(world.newKey);
              assertThat(world.head(version).bucketKeyEnabled()).isTrue();
            });
    assertThat(world.read("b/ü +%&\n,\"?")).isEqualTo("content of b/ü +%&\n,\"?");
    assertThat(evidence(report)).contains("versions under " + world.newKey + ": 5");
    assertThat(facts(report, "re-encrypt")).containsEntry("tasksSucceeded", "5");
    assertThat(world.aws.calls().of("UpdateObjectEncryption")).hasSize(1);
    assertThat(batch.jobs()).hasSize(1);
  }

  @Test
  void listed_ofAPrefixOfABucketWithoutVersions_movesThat() {
    world.put("orders/1");
    world.put("other/1");
    S3Options options = batch.options(BatchManifest.listed()).build();
    RotationPlan plan =
        world.planner(RotationPlanner.forS3(S3World.BUCKET, "orders/")).with(options).plan();

    batch.runner(options).build().run(plan).requireComplete();

    assertThat(world.head("orders/1").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.head("other/1").ssekmsKeyId()).isEqualTo(world.oldKey);
  }

  @Test
  void listed_ofAnEmptyBucket_makesNoJobAndLeavesNothing() {
    batch.run(BatchManifest.listed()).requireComplete();

    assertThat(batch.jobs()).isEmpty();
    assertThat(artifacts()).isEmpty();
  }

  @Test
  void generated_keepsBucketKeys_byAJobForEach() {
    world.put("with", r -> r.serverSideEncryption("aws:kms").bucketKeyEnabled(true));
    world.put("without");
    world.put("s3", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    S3Options options =
        batch.options(BatchManifest.generated()).bucketKeys(BucketKeys.KEEP).build();

    RotationReport report =
        batch.runner(options).build().run(world.planner().with(options).plan()).requireComplete();

    assertThat(world.head("with").bucketKeyEnabled()).isTrue();
    assertThat(world.head("without").bucketKeyEnabled()).isNull();
    assertThat(world.head("s3").bucketKeyEnabled()).isTrue();
    assertThat(evidence(report)).contains("versions under " + world.newKey + ": 3");
    assertThat(batch.jobs()).hasSize(3);
  }

  @Test
  void generated_forOneKey_leavesObjectsUnderOthers() {
    world.put("old");
    world.put("s3", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    S3Options options = batch.options(BatchManifest.generated()).onlyUnderKey(world.oldKey).build();

    batch.runner(options).build().run(world.planner().with(options).plan()).requireComplete();

    assertThat(world.head("old").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.head("s3").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
    assertThat(batch.jobs()).hasSize(1);
  }

  @Test
  void inventory_movesItsVersions_andTakesDeleteMarkersForWhatTheyAre() {
    world.enableVersioning();
    world.put("a");
    world.put("a");
    world.put("deleted");
    world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("deleted"));
    BatchManifest inventory = inventory("Bucket, Key, VersionId, IsLatest, IsDeleteMarker");

    RotationReport report = batch.run(inventory).requireComplete();

    assertThat(evidence(report)).contains("versions under " + world.newKey + ": 3");
    assertThat(facts(report, "re-encrypt")).containsEntry("count.GONE", "1");
  }

  @Test
  void job_leavesWhatItCannotMove_andListsItWithTheReason() throws IOException {
    world.put("movable");
    world.plantUnencrypted("plain, \"old\"");
    world.put("twice", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE));

    RotationReport report = batch.run(BatchManifest.listed()).requireComplete();

    assertThat(facts(report, "re-encrypt"))
        .containsEntry("count.UNENCRYPTED", "1")
        .containsEntry("count.DSSE_KMS", "1")
        .containsEntry("tasksSucceeded", "1");
    assertThat(Files.readString(directory.resolve(report.runId() + "-objects.csv")).lines())
        .hasSize(2)
        .anyMatch(l -> l.equals("orders-archive,plain%2C%20%22old%22,null,UNENCRYPTED,"));
  }

  @Test
  void job_withRewriting_leavesCopiesToTheRun() {
    world.put("movable");
    world.plantUnencrypted("plain");
    S3Options options = batch.options(BatchManifest.listed()).rewriteWhatCannotBeUpdated().build();

    batch.runner(options).build().run(world.planner().with(options).plan()).requireComplete();

    assertThat(world.head("plain").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void verification_ofASample_looksAtSomeVersions() {
    IntStream.range(0, 60).forEach(i -> world.put("order-" + i));
    S3Options options =
        batch
            .options(BatchManifest.listed())
            .batchOperations(batch.batch().verifyOneIn(6).build())
            .build();
    RotationPlan plan = world.planner().with(options).plan();
    world.aws.calls().clear();

    RotationReport report = batch.runner(options).build().run(plan).requireComplete();

    assertThat(plan.describe()).contains("see one in 6 of them");
    assertThat(world.aws.calls().of("HeadObject")).hasSizeBetween(4, 30);
    assertThat(evidence(report))
        .anyMatch(text -> text.startsWith("versions not looked at, as they are not in the sample"));
  }

  private List<String> artifacts() {
    return world.s3.listObjectsV2(r -> r.bucket(BatchWorld.ARTIFACTS)).contents().stream()
        .map(object -> object.key())
        .toList();
  }

  private void deleteArtifact(String key) {
    world.s3.deleteObject(r -> r.bucket(BatchWorld.ARTIFACTS).key(key));
  }

  private String putArtifact(String key, String text) {
    return putArtifact(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private String putArtifact(String key, byte[] bytes) {
    return world
        .s3
        .putObject(r -> r.bucket(BatchWorld.ARTIFACTS).key(key), RequestBody.fromBytes(bytes))
        .eTag();
  }

  /** Of all versions and delete markers, as S3 Inventory would have it. */
  private BatchManifest inventory(String schema) {
    StringBuilder csv = new StringBuilder();
    world.versions().forEach(v -> csv.append(row(v.key(), v.versionId(), v.isLatest(), false)));
    world
        .s3
        .listObjectVersions(r -> r.bucket(S3World.BUCKET))
        .deleteMarkers()
        .forEach(m -> csv.append(row(m.key(), m.versionId(), m.isLatest(), true)));
    byte[] compressed = gzip(csv.toString());
    putArtifact("inventory/data/1.csv.gz", compressed);
    String manifest =
        """
        {"sourceBucket":"orders-archive","destinationBucket":"arn:aws:s3:::batch-artifacts",
         "version":"2016-11-30","creationTimestamp":"1764000000000","fileFormat":"CSV",
         "fileSchema":"%s",
         "files":[{"key":"inventory/data/1.csv.gz","size":%d,"MD5checksum":"%s"}]}
        """
            .formatted(schema, compressed.length, md5(compressed));
    String etag = putArtifact("inventory/manifest.json", manifest);
    return BatchManifest.inventory("arn:aws:s3:::batch-artifacts/inventory/manifest.json", etag);
  }

  private static String row(String key, String version, boolean isLatest, boolean isMarker) {
    return "\"orders-archive\",\"%s\",\"%s\",\"%s\",\"%s\"\n"
        .formatted(key, version, isLatest, isMarker);
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> facts(RotationReport report, String step) {
    return report.steps().stream()
        .filter(s -> s.step().id().equals(step))
        .findFirst()
        .orElseThrow()
        .facts()
        .values();
  }

  private static List<String> evidence(RotationReport report) {
    return report.steps().stream()
        .flatMap(step -> step.evidence().stream())
        .map(Evidence::toString)
        .collect(Collectors.toList());
  }
}
