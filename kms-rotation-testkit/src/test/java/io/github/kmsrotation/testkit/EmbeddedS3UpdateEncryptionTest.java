package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** UpdateObjectEncryption: what it changes, what it leaves, what it refuses. */
class EmbeddedS3UpdateEncryptionTest extends S3Fixture {

  @Test
  void update_changesTheKeyAndNothingElse() {
    s3.putBucketVersioning(
        r ->
            r.bucket(BUCKET)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    s3.putObject(
        r -> r.bucket(BUCKET).key("a").storageClass(StorageClass.STANDARD_IA).tagging("x=y"),
        RequestBody.fromString(DATA));
    HeadObjectResponse before = head("a");
    byte[] stored = aws.s3().storedBytes(BUCKET, "a");
    String key = newKey();
    aws.clock().advance(Duration.ofDays(1));

    update("a", key);

    HeadObjectResponse after = head("a");
    assertThat(after.serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
    assertThat(after.ssekmsKeyId()).isEqualTo(key);
    assertThat(after.bucketKeyEnabled()).isNull();
    assertThat(after.eTag()).isEqualTo(before.eTag());
    assertThat(after.lastModified()).isEqualTo(before.lastModified());
    assertThat(after.storageClass()).isEqualTo(before.storageClass());
    assertThat(after.versionId()).isEqualTo(before.versionId());
    assertThat(aws.s3().storedBytes(BUCKET, "a")).isEqualTo(stored);
    assertThat(get("a")).isEqualTo(DATA);
    kms.disableKey(r -> r.keyId(key));
    assertRefused(() -> get("a"), 400, "KMS.DisabledException");
  }

  @Test
  void update_fromKeyToKey_needsTheOldOneAndFreesTheObjectFromIt() {
    String oldKey = newKey();
    String newKey = newKey();
    put("a");
    update("a", oldKey);
    kms.disableKey(r -> r.keyId(oldKey));
    assertRefused(() -> update("a", newKey), 400, "KMS.DisabledException");
    kms.enableKey(r -> r.keyId(oldKey));

    update("a", newKey);
    kms.disableKey(r -> r.keyId(oldKey));

    assertThat(get("a")).isEqualTo(DATA);
    assertThat(head("a").ssekmsKeyId()).isEqualTo(newKey);
  }

  @Test
  void update_whichOmitsTheBucketKey_switchesItOff() {
    String key = newKey();
    put("a");
    s3.updateObjectEncryption(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(key).bucketKeyEnabled(true))));
    assertThat(head("a").bucketKeyEnabled()).isTrue();
    assertThat(get("a")).isEqualTo(DATA);

    update("a", key);

    assertThat(head("a").bucketKeyEnabled()).isNull();
  }

  @Test
  void update_ofAnOlderVersion_leavesTheNewestOne() {
    s3.putBucketVersioning(
        r ->
            r.bucket(BUCKET)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    put("a");
    String older = head("a").versionId();
    put("a");
    String key = newKey();

    s3.updateObjectEncryption(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .versionId(older)
                .objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(key))));

    assertThat(head("a").ssekmsKeyId()).isNull();
    assertThat(s3.headObject(r -> r.bucket(BUCKET).key("a").versionId(older)).ssekmsKeyId())
        .isEqualTo(key);
  }

  @Test
  void update_ofArchivedObject_needsNoRestore() {
    s3.putObject(
        r -> r.bucket(BUCKET).key("a").storageClass(StorageClass.GLACIER),
        RequestBody.fromString(DATA));
    String key = newKey();

    update("a", key);

    assertThat(head("a").ssekmsKeyId()).isEqualTo(key);
    assertThat(head("a").storageClass()).isEqualTo(StorageClass.GLACIER);
  }

  @Test
  void update_ofUnencryptedObject_isRefused() {
    aws.s3().plantUnencrypted(BUCKET, "old", DATA.getBytes(StandardCharsets.UTF_8));
    String key = newKey();

    assertRefused(() -> update("old", key), 400, "InvalidRequest");
  }

  @Test
  void update_ofTwoLayers_isRefused() {
    s3.putObject(
        r -> r.bucket(BUCKET).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE),
        RequestBody.fromString(DATA));
    String key = newKey();

    assertRefused(() -> update("a", key), 400, "InvalidRequest");
  }

  @Test
  void update_toAliasOrId_isRefused() {
    put("a");
    String id = newKey().replaceAll(".*/", "");

    assertRefused(() -> update("a", "alias/aws/s3"), 400, "InvalidRequest");
    assertRefused(() -> update("a", id), 400, "InvalidRequest");
  }

  @Test
  void update_toKeyOfAnotherAccount_isRefused() {
    put("a");
    String key = newKey().replace(aws.accountId(), "444455556666");

    assertRefused(() -> update("a", key), 403, "AccessDenied");
  }

  @Test
  void update_underLegalHold_isRefused() {
    s3.createBucket(
        r ->
            r.bucket("locked-orders")
                .objectLockEnabledForBucket(true)
                .createBucketConfiguration(c -> c.locationConstraint(aws.region())));
    s3.putObject(
        r ->
            r.bucket("locked-orders")
                .key("a")
                .objectLockLegalHoldStatus(ObjectLockLegalHoldStatus.ON),
        RequestBody.fromString(DATA));
    String key = newKey();

    assertRefused(
        () ->
            s3.updateObjectEncryption(
                r ->
                    r.bucket("locked-orders")
                        .key("a")
                        .objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(key)))),
        403,
        "AccessDenied");
  }

  @Test
  void update_ofNoObject_isRefused() {
    String key = newKey();

    assertRefused(() -> update("none", key), 404, "NoSuchKey");
  }

  @Test
  void update_whichThePolicyDenies_isRefused() {
    put("a");
    String allowed = newKey();
    String other = newKey();
    s3.putBucketPolicy(
        r ->
            r.bucket(BUCKET)
                .policy(
                    """
                    {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",
                     "Action":["s3:PutObject","s3:UpdateObjectEncryption"],
                     "Resource":"arn:aws:s3:::orders-archive/*",
                     "Condition":{"StringNotEqualsIfExists":
                       {"s3:x-amz-server-side-encryption-aws-kms-key-id":"%s"}}}]}
                    """
                        .formatted(allowed)));

    assertRefused(() -> update("a", other), 403, "AccessDenied");
    update("a", allowed);

    assertThat(head("a").ssekmsKeyId()).isEqualTo(allowed);
  }

  private void update(String name, String key) {
    s3.updateObjectEncryption(
        r -> r.bucket(BUCKET).key(name).objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(key))));
  }
}
