package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.Grant;
import software.amazon.awssdk.services.s3.model.Grantee;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;
import software.amazon.awssdk.services.s3.model.Permission;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.Type;

/** What a rewrite carries over, and that it overwrites nobody's write. */
class S3RewriteTest {

  private static final String READER =
      "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

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
  void rewrite_carriesEverythingOver() {
    world.s3.putBucketOwnershipControls(
        r -> r.bucket(S3World.BUCKET).ownershipControls(c -> c.rules(List.of(ownership()))));
    world.put(
        "dir/a b+ü",
        r ->
            twice(r)
                .metadata(Map.of("owner", "Zoë"))
                .tagging("x=y&z=1")
                .contentType("text/x-odd")
                .cacheControl("no-store")
                .contentDisposition("inline")
                .contentLanguage("de")
                .expires(Instant.parse("2027-01-01T00:00:00Z"))
                .storageClass(StorageClass.STANDARD_IA)
                .websiteRedirectLocation("/elsewhere")
                .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                .grantRead("id=\"" + READER + "\"")
                .grantFullControl("id=\"" + ownerId() + "\""));
    HeadObjectResponse before = fullHead("dir/a b+ü");
    String acl = acl("dir/a b+ü");
    String tags = tags("dir/a b+ü");

    rotate();

    HeadObjectResponse after = fullHead("dir/a b+ü");
    assertThat(after.serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
    assertThat(after.ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(after.bucketKeyEnabled()).isTrue();
    assertThat(comparable(after)).isEqualTo(comparable(before)).contains("/elsewhere", "owner=");
    assertThat(after.checksumSHA256()).isNotNull().isEqualTo(before.checksumSHA256());
    assertThat(acl("dir/a b+ü")).isEqualTo(acl).contains(READER);
    assertThat(tags("dir/a b+ü")).isEqualTo(tags);
    assertThat(world.read("dir/a b+ü")).isEqualTo("content of dir/a b+ü");
  }

  /**
   * WRITE says nothing of an object, can be granted all the same, and no header of a copy has it.
   */
  @Test
  void rewrite_ofAnObjectThatEverybodyMayWrite_grantsThatAgain() {
    allowAcls();
    world.put("a", r -> twice(r).acl(ObjectCannedACL.PUBLIC_READ_WRITE));
    String before = acl("a");

    rotate();

    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(acl("a")).isEqualTo(before).contains("WRITE");
  }

  @Test
  void rewrite_ofAnObjectWithAnAclThatACopyCannotBeGiven_isLeftAndListed() {
    allowAcls();
    world.put("a", S3RewriteTest::twice);
    Grantee reader = Grantee.builder().type(Type.CANONICAL_USER).id(READER).build();
    Grant write = Grant.builder().grantee(reader).permission(Permission.WRITE).build();
    world.s3.putObjectAcl(
        r ->
            r.bucket(S3World.BUCKET)
                .key("a")
                .accessControlPolicy(p -> p.owner(o -> o.id(ownerId())).grants(write)));

    RotationReport report = rotate();

    assertThat(report.steps().get(3).facts().find("stays.00").orElseThrow())
        .endsWith(
            "with an ACL that a copy cannot be given, it grants WRITE to id=\"" + READER + '"');
    assertThat(world.aws.calls().of("CopyObject")).isEmpty();
  }

  private void allowAcls() {
    world.s3.putBucketOwnershipControls(
        r -> r.bucket(S3World.BUCKET).ownershipControls(c -> c.rules(List.of(ownership()))));
    world.s3.deletePublicAccessBlock(r -> r.bucket(S3World.BUCKET));
  }

  @Test
  void rewrite_ofAnUnencryptedObject_encryptsIt() {
    world.plantUnencrypted("old");

    rotate();

    assertThat(world.head("old").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.read("old")).isEqualTo("content of old");
  }

  @Test
  void rewrite_whereThereAreVersions_makesOneAndLeavesTheFormerAsItIs() {
    world.enableVersioning();
    world.put("a", S3RewriteTest::twice);
    world.put("a", S3RewriteTest::twice);
    List<ObjectVersion> before = world.versions();

    RotationReport report = rotate();

    List<ObjectVersion> after = world.versions();
    assertThat(after).hasSize(3);
    assertThat(world.head(after.get(0)).ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(after.subList(1, 3))
        .extracting(ObjectVersion::versionId)
        .containsExactly(before.get(0).versionId(), before.get(1).versionId());
    assertThat(world.head(after.get(1)).serverSideEncryption())
        .isEqualTo(ServerSideEncryption.AWS_KMS_DSSE);
    assertThat(report.steps().get(5).evidence())
        .extracting(Object::toString)
        .contains("versions left: under DSSE-KMS, so it would have to be rewritten: 2");
  }

  @Test
  void rewrite_ofAnObjectThatIsOverwrittenMeanwhile_keepsTheNewerOne() {
    world.put("a", S3RewriteTest::twice);
    world.aws.faults().on("GetObjectAcl").then(() -> putNewer());

    rotate();

    assertThat(world.read("a")).isEqualTo("newer");
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void rewrite_ofAnObjectThatIsOverwrittenByItsLikeMeanwhile_rewritesTheNewerOne() {
    world.put("a", S3RewriteTest::twice);
    world
        .aws
        .faults()
        .on("GetObjectAcl")
        .then(
            () ->
                world.s3.putObject(
                    twice(PutObjectRequest.builder().bucket(S3World.BUCKET).key("a")).build(),
                    RequestBody.fromString("newer")));

    rotate();

    assertThat(world.read("a")).isEqualTo("newer");
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void rewrite_ofAnObjectThatIsDeletedMeanwhile_doesNotBringItBack() {
    world.enableVersioning();
    world.put("a", S3RewriteTest::twice);
    world
        .aws
        .faults()
        .on("GetObjectAcl")
        .then(() -> world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("a")));

    rotate();

    assertThatThrownBy(() -> world.head("a")).isInstanceOf(NoSuchKeyException.class);
    assertThat(world.versions()).hasSize(1);
  }

  @Test
  void rewrite_whoseAnswerIsLost_isNotDoneTwice() {
    world.enableVersioning();
    world.put("a", S3RewriteTest::twice);
    world.aws.faults().on("CopyObject").dropAfter();

    rotate();

    assertThat(world.versions()).hasSize(2);
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void rewrite_ofALockedObject_locksTheCopyAlike() {
    world.enableVersioning();
    world.s3.putObjectLockConfiguration(
        r -> r.bucket(S3World.BUCKET).objectLockConfiguration(c -> c.objectLockEnabled("Enabled")));
    Instant until = world.aws.clock().instant().plus(Duration.ofDays(30));
    world.put(
        "a",
        r ->
            twice(r)
                .objectLockMode(ObjectLockMode.GOVERNANCE)
                .objectLockRetainUntilDate(until)
                .objectLockLegalHoldStatus(ObjectLockLegalHoldStatus.ON));
    world.put(
        "b", r -> r.objectLockMode(ObjectLockMode.COMPLIANCE).objectLockRetainUntilDate(until));

    RotationReport report = rotate();

    HeadObjectResponse copy = world.head("a");
    assertThat(copy.ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(copy.objectLockMode()).isEqualTo(ObjectLockMode.GOVERNANCE);
    assertThat(copy.objectLockRetainUntilDate()).isEqualTo(until);
    assertThat(copy.objectLockLegalHoldStatus()).isEqualTo(ObjectLockLegalHoldStatus.ON);
    assertThat(world.head("b").ssekmsKeyId()).isEqualTo(world.oldKey);
    assertThat(report.steps().get(2).facts().values())
        .containsValue(
            "b (version "
                + world.head("b").versionId()
                + "): under Object Lock, COMPLIANCE until 2026-12-24T08:00:00Z");
  }

  @Test
  void rewrite_ofAnArchivedObject_isLeftAndListed() {
    world.put("a", r -> twice(r).storageClass(StorageClass.GLACIER));

    RotationReport report = rotate();

    assertThat(report.steps().get(3).facts().find("count.ARCHIVED")).contains("1");
    assertThat(world.aws.calls().of("CopyObject")).isEmpty();
  }

  @Test
  void rotation_ofOddKeys_movesOrRewritesEach() {
    List<String> odd =
        List.of(
            "/leading",
            "a//b",
            "trailing/",
            "plus+",
            "percent%2F%20",
            "a?versionId=x",
            "a#b",
            "ä😀",
            "tab\tline\nfeed",
            "control\u0001",
            "quote\"'<>&",
            " spaces ",
            "~!$()*,:;=@[]^`{|}\\");
    odd.forEach(key -> world.put("moved" + key));
    odd.forEach(key -> world.put("copied" + key, S3RewriteTest::twice));
    world.s3.putObject(r -> r.bucket(S3World.BUCKET).key("empty"), RequestBody.empty());

    RotationReport report = rotate();

    assertThat(report.steps().get(5).evidence().get(1).actual())
        .isEqualTo(Integer.toString(2 * odd.size() + 1));
    for (String key : odd) {
      assertThat(world.read("moved" + key)).isEqualTo("content of moved" + key);
      assertThat(world.read("copied" + key)).isEqualTo("content of copied" + key);
      assertThat(world.head("copied" + key).ssekmsKeyId()).isEqualTo(world.newKey);
    }
    assertThat(world.read("empty")).isEmpty();
  }

  @Test
  void rewrite_isInThePlanOnlyIfAskedFor() {
    assertThat(world.planner().plan().steps()).hasSize(4);
    assertThat(plan().describe())
        .contains("their dates and ETags change", "the former stays as it is, as an older version");
  }

  private RotationPlan plan() {
    return world.planner().with(options()).plan();
  }

  private S3Options options() {
    return world.options().rewriteWhatCannotBeUpdated().build();
  }

  private RotationReport rotate() {
    return world.runner(options()).build().run(plan()).requireComplete();
  }

  private void putNewer() {
    world.s3.putObject(r -> r.bucket(S3World.BUCKET).key("a"), RequestBody.fromString("newer"));
  }

  private static PutObjectRequest.Builder twice(PutObjectRequest.Builder request) {
    return request.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE);
  }

  private static OwnershipControlsRule ownership() {
    return OwnershipControlsRule.builder().objectOwnership(ObjectOwnership.OBJECT_WRITER).build();
  }

  private String ownerId() {
    return world.s3.getBucketAcl(r -> r.bucket(S3World.BUCKET)).owner().id();
  }

  private HeadObjectResponse fullHead(String key) {
    return world.s3.headObject(
        r -> r.bucket(S3World.BUCKET).key(key).checksumMode(ChecksumMode.ENABLED));
  }

  private static String comparable(HeadObjectResponse head) {
    return head.toBuilder()
        .serverSideEncryption((String) null)
        .ssekmsKeyId(null)
        .bucketKeyEnabled(null)
        .eTag(null)
        .lastModified(null)
        .build()
        .toString();
  }

  private String acl(String key) {
    return world.s3.getObjectAcl(r -> r.bucket(S3World.BUCKET).key(key)).grants().toString();
  }

  private String tags(String key) {
    return world.s3.getObjectTagging(r -> r.bucket(S3World.BUCKET).key(key)).tagSet().toString();
  }
}
