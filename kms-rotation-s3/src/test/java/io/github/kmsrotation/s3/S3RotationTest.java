package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.run.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** What a rotation moves, what it leaves, and what it says of that. */
class S3RotationTest {

  @TempDir Path directory;
  private S3World world;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void rotation_movesEveryVersionAndChangesNothingElse() {
    world.enableVersioning();
    world.put("a", r -> r.metadata(Map.of("owner", "Zoë")).tagging("x=y"));
    world.put("a", r -> r.storageClass(StorageClass.GLACIER));
    world.put("b/ü +%&\n?", r -> r.contentType("text/x-odd"));
    world.put("c", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    world.put("deleted");
    world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("deleted"));
    List<ObjectVersion> before = world.versions();
    List<HeadObjectResponse> headsBefore = heads(before);

    RotationReport report = world.runner().run(world.planner().plan()).requireComplete();

    assertThat(world.versions()).isEqualTo(before);
    List<HeadObjectResponse> headsAfter = heads(before);
    assertThat(headsAfter)
        .allSatisfy(head -> assertThat(head.ssekmsKeyId()).isEqualTo(world.newKey));
    for (int i = 0; i < headsAfter.size(); i++) {
      assertThat(withoutEncryption(headsAfter.get(i)).toString())
          .isEqualTo(withoutEncryption(headsBefore.get(i)).toString());
    }
    assertThat(world.read("b/ü +%&\n?")).isEqualTo("content of b/ü +%&\n?");
    assertThat(evidence(report)).contains("versions under " + world.newKey + ": 5");
    world.kms.disableKey(r -> r.keyId(world.oldKey));
    assertThat(world.read("c")).isEqualTo("content of c");
  }

  @Test
  void rotation_setsTheBucketsDefaultWithABucketKey_andRollBackPutsItBackExactly() {
    ServerSideEncryptionRule before = rule();
    RotationPlan plan = world.planner().plan();
    world.put("a");
    world.runner().run(plan);
    assertThat(rule().bucketKeyEnabled()).isTrue();
    assertThat(rule().applyServerSideEncryptionByDefault())
        .isEqualTo(
            ServerSideEncryptionByDefault.builder()
                .sseAlgorithm(ServerSideEncryption.AWS_KMS)
                .kmsMasterKeyID(world.newKey)
                .build());

    RotationReport report = world.runner().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(rule()).isEqualTo(before);
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(report.describe()).contains("what was moved stays under " + world.newKey);
  }

  @Test
  void rollBack_whenSomebodySetAnotherDefaultMeanwhile_leavesIt() {
    RotationPlan plan = world.planner().plan();
    world.runner().run(plan);
    world.setDefault(e -> e.sseAlgorithm(ServerSideEncryption.AES256));

    RotationReport report = world.runner().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(rule().applyServerSideEncryptionByDefault().sseAlgorithm())
        .isEqualTo(ServerSideEncryption.AES256);
    assertThat(report.describe()).contains("left as somebody else set it since: AES256");
  }

  @Test
  void run_whenTheDefaultChangedSincePlanning_stopsAndLeavesIt() {
    RotationPlan plan = world.planner().plan();
    world.put("a");
    world.setDefault(e -> e.sseAlgorithm(ServerSideEncryption.AES256));

    RotationReport report = world.runner().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("Somebody changed it");
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.oldKey);
  }

  @Test
  void rotation_keepsBucketKeysOfObjects_andGivesOneToObjectsThatWereUnderNoKey() {
    world.put(
        "with",
        r ->
            r.serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(world.oldKey)
                .bucketKeyEnabled(true));
    world.put("without");
    world.put("s3", r -> r.serverSideEncryption(ServerSideEncryption.AES256));

    world.runner().run(world.planner().plan()).requireComplete();

    assertThat(world.head("with").bucketKeyEnabled()).isTrue();
    assertThat(world.head("without").bucketKeyEnabled()).isNull();
    assertThat(world.head("s3").bucketKeyEnabled()).isTrue();
  }

  @Test
  void rotation_whichEnablesBucketKeys_givesThemToObjectsUnderTheNewKeyToo() {
    world.put(
        "a", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(world.newKey));
    RotationPlan plan =
        world.planner().with(world.options().bucketKeys(BucketKeys.ENABLE).build()).plan();

    world.runner().run(plan).requireComplete();

    assertThat(world.head("a").bucketKeyEnabled()).isTrue();
  }

  @Test
  void rotation_leavesWhatItCannotMove_andListsItWithTheReason()
      throws IOException, NoSuchAlgorithmException {
    byte[] key = new byte[32];
    String md5 = Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(key));
    allowCustomerKeys();
    world.put("movable");
    world.plantUnencrypted("plain, \"old\"");
    world.put("twice", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE));
    world.put(
        "customer",
        r ->
            r.sseCustomerAlgorithm("AES256")
                .sseCustomerKey(Base64.getEncoder().encodeToString(key))
                .sseCustomerKeyMD5(md5));

    RotationReport report = world.runner().run(world.planner().plan()).requireComplete();

    assertThat(evidence(report))
        .contains(
            "versions under " + world.newKey + ": 1",
            "versions left: not encrypted, so it would have to be rewritten: 1",
            "versions left: under DSSE-KMS, so it would have to be rewritten: 1",
            "versions left: under a customer-provided key, so it would have to be rewritten: 1");
    assertThat(Files.readString(directory.resolve(report.runId() + "-objects.csv")).lines())
        .containsExactly(
            "orders-archive,customer,null,SSE_C,",
            "orders-archive,plain%2C%20%22old%22,null,UNENCRYPTED,",
            "orders-archive,twice,null,DSSE_KMS,arn:aws:kms:"
                + world.aws.region()
                + ":"
                + world.aws.accountId()
                + ":key/"
                + awsManagedKeyId());
    assertThat(world.read("plain, \"old\"")).isEqualTo("content of plain, \"old\"");
  }

  @Test
  void rotation_ofAPrefix_touchesNeitherOtherObjectsNorTheBucketsDefault() {
    ServerSideEncryptionRule before = rule();
    world.put("orders/1");
    world.put("other/1");
    RotationPlan plan = world.planner(RotationPlanner.forS3(S3World.BUCKET, "orders/")).plan();

    world.runner().run(plan).requireComplete();

    assertThat(world.head("orders/1").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.head("other/1").ssekmsKeyId()).isEqualTo(world.oldKey);
    assertThat(rule()).isEqualTo(before);
    assertThat(plan.describe()).contains("default encryption is not only theirs");
  }

  @Test
  void rotation_withTheAsynchronousClient_movesAllTheSame() {
    world.put("a");
    try (S3AsyncClient client = world.client(S3AsyncClient.builder())) {
      S3Options options = S3Options.builder().client(client).build();
      RotationPlan plan = world.planner().with(options).plan();

      world.runner(options).build().run(plan).requireComplete();
    }
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void rotation_ofAnEmptyBucket_leavesNothingBehind() {
    world.enableVersioning();

    RotationReport report = world.runner().run(world.planner().plan()).requireComplete();

    assertThat(world.s3.listObjectVersions(r -> r.bucket(S3World.BUCKET)).versions()).isEmpty();
    assertThat(world.s3.listObjectVersions(r -> r.bucket(S3World.BUCKET)).deleteMarkers())
        .isEmpty();
    assertThat(evidence(report)).contains("versions under " + world.newKey + ": 0");
  }

  private String awsManagedKeyId() {
    return world.kms.describeKey(r -> r.keyId("alias/aws/s3")).keyMetadata().keyId();
  }

  private void allowCustomerKeys() {
    world.setRule(
        rule ->
            rule.applyServerSideEncryptionByDefault(
                    e -> e.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(world.oldKey))
                .blockedEncryptionTypes(b -> b.encryptionTypeWithStrings("NONE")));
  }

  private ServerSideEncryptionRule rule() {
    return world
        .s3
        .getBucketEncryption(r -> r.bucket(S3World.BUCKET))
        .serverSideEncryptionConfiguration()
        .rules()
        .get(0);
  }

  private List<HeadObjectResponse> heads(List<ObjectVersion> versions) {
    List<HeadObjectResponse> heads = new ArrayList<>();
    versions.forEach(version -> heads.add(world.head(version)));
    return heads;
  }

  private static HeadObjectResponse withoutEncryption(HeadObjectResponse head) {
    return head.toBuilder()
        .serverSideEncryption((String) null)
        .ssekmsKeyId(null)
        .bucketKeyEnabled(null)
        .build();
  }

  private static List<String> evidence(RotationReport report) {
    return report.steps().stream()
        .map(StepReport::evidence)
        .flatMap(List::stream)
        .map(Evidence::toString)
        .toList();
  }
}
