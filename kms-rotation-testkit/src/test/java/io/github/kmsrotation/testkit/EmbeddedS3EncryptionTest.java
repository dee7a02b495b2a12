package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.EncryptionType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** The encryptions that an object can have, and what its KMS key's state does to it. */
class EmbeddedS3EncryptionTest extends S3Fixture {

  private static final byte[] CUSTOMER_KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);

  @Test
  void put_withoutWish_isEncryptedByS3() {
    put("a");

    assertThat(head("a").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
    assertThat(new String(aws.s3().storedBytes(BUCKET, "a"), StandardCharsets.ISO_8859_1))
        .hasSize(DATA.length())
        .isNotEqualTo(DATA);
    assertThat(get("a")).isEqualTo(DATA);
  }

  @Test
  void put_underKmsKey_tellsTheKeyAndHasNoMd5AsETag() throws NoSuchAlgorithmException {
    String key = newKey();

    putUnder("a", key);

    HeadObjectResponse head = head("a");
    assertThat(head.serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
    assertThat(head.ssekmsKeyId()).isEqualTo(key);
    assertThat(head.bucketKeyEnabled()).isNull();
    assertThat(head.eTag()).isNotEqualTo("\"" + md5(DATA) + "\"");
    assertThat(get("a")).isEqualTo(DATA);
  }

  @Test
  void get_whileItsKeyIsDisabled_isRefused_andHeadIsNot() {
    String key = newKey();
    putUnder("a", key);
    s3.putObject(
        r ->
            r.bucket(BUCKET)
                .key("with-bucket-key")
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(key)
                .bucketKeyEnabled(true),
        RequestBody.fromString(DATA));

    kms.disableKey(r -> r.keyId(key));

    assertRefused(() -> get("a"), 400, "KMS.DisabledException");
    assertRefused(() -> get("with-bucket-key"), 400, "KMS.DisabledException");
    assertRefused(() -> putUnder("b", key), 400, "KMS.DisabledException");
    assertThat(head("a").ssekmsKeyId()).isEqualTo(key);
    kms.enableKey(r -> r.keyId(key));
    assertThat(get("a")).isEqualTo(DATA);
  }

  @Test
  void get_whileItsKeyIsToBeDeleted_isRefused() {
    String key = newKey();
    putUnder("a", key);

    kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));

    assertRefused(() -> get("a"), 400, "KMS.KMSInvalidStateException");
  }

  @Test
  void put_underKeyThatDoesNotExist_isRefused() {
    assertRefused(
        () -> putUnder("a", "00000000-0000-0000-0000-000000000000"), 400, "KMS.NotFoundException");
  }

  @Test
  void put_withKeyButNotUnderKms_isRefused() {
    String key = newKey();

    assertRefused(
        () ->
            s3.putObject(
                r -> r.bucket(BUCKET).key("a").ssekmsKeyId(key), RequestBody.fromString(DATA)),
        400,
        "InvalidArgument");
  }

  @Test
  void put_underKmsWithoutKey_takesTheAwsManagedKey() {
    s3.putObject(
        r -> r.bucket(BUCKET).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS),
        RequestBody.fromString(DATA));

    assertThat(head("a").ssekmsKeyId())
        .isEqualTo(kms.describeKey(r -> r.keyId("alias/aws/s3")).keyMetadata().arn());
  }

  @Test
  void put_intoBucketWithDefault_takesThat() {
    String key = newKey();
    setDefault(
        rule ->
            rule.bucketKeyEnabled(true)
                .applyServerSideEncryptionByDefault(
                    d -> d.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(key)));

    put("a");

    assertThat(head("a").ssekmsKeyId()).isEqualTo(key);
    assertThat(head("a").bucketKeyEnabled()).isTrue();
    assertThat(get("a")).isEqualTo(DATA);
    s3.deleteBucketEncryption(r -> r.bucket(BUCKET));
    put("b");
    assertThat(head("b").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
  }

  @Test
  void put_inTwoLayers_isReadAgain() {
    String key = newKey();

    s3.putObject(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE)
                .ssekmsKeyId(key),
        RequestBody.fromString(DATA));

    assertThat(head("a").serverSideEncryptionAsString()).isEqualTo("aws:kms:dsse");
    assertThat(get("a")).isEqualTo(DATA);
  }

  @Test
  void put_underCustomersKey_isRefusedUnlessTheBucketAllowsIt() throws NoSuchAlgorithmException {
    assertRefused(this::putUnderCustomersKey, 403, "AccessDenied");

    allowCustomersKeys();
    putUnderCustomersKey();

    assertRefused(() -> get("a"), 400, "InvalidRequest");
    String md5 = Base64.getEncoder().encodeToString(digest(CUSTOMER_KEY));
    GetObjectRequest withKey =
        GetObjectRequest.builder()
            .bucket(BUCKET)
            .key("a")
            .sseCustomerAlgorithm("AES256")
            .sseCustomerKey(Base64.getEncoder().encodeToString(CUSTOMER_KEY))
            .sseCustomerKeyMD5(md5)
            .build();
    assertThat(s3.getObjectAsBytes(withKey).asUtf8String()).isEqualTo(DATA);
    byte[] other = "another-key-another-key-another!".getBytes(StandardCharsets.UTF_8);
    GetObjectRequest withOther =
        withKey.toBuilder()
            .sseCustomerKey(Base64.getEncoder().encodeToString(other))
            .sseCustomerKeyMD5(Base64.getEncoder().encodeToString(digest(other)))
            .build();
    assertRefused(() -> s3.getObjectAsBytes(withOther), 403, "AccessDenied");
  }

  @Test
  void legacyObject_isNotEncrypted() {
    aws.s3().plantUnencrypted(BUCKET, "old", DATA.getBytes(StandardCharsets.UTF_8));

    assertThat(head("old").serverSideEncryption()).isNull();
    assertThat(aws.s3().storedBytes(BUCKET, "old"))
        .isEqualTo(DATA.getBytes(StandardCharsets.UTF_8));
    assertThat(get("old")).isEqualTo(DATA);
  }

  private void putUnder(String name, String key) {
    s3.putObject(
        r ->
            r.bucket(BUCKET)
                .key(name)
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(key),
        RequestBody.fromString(DATA));
  }

  private void allowCustomersKeys() {
    setDefault(rule -> rule.blockedEncryptionTypes(b -> b.encryptionType(EncryptionType.NONE)));
  }

  private void putUnderCustomersKey() throws NoSuchAlgorithmException {
    String md5 = Base64.getEncoder().encodeToString(digest(CUSTOMER_KEY));
    s3.putObject(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .sseCustomerAlgorithm("AES256")
                .sseCustomerKey(Base64.getEncoder().encodeToString(CUSTOMER_KEY))
                .sseCustomerKeyMD5(md5),
        RequestBody.fromString(DATA));
  }

  private static byte[] digest(byte[] bytes) throws NoSuchAlgorithmException {
    return MessageDigest.getInstance("MD5").digest(bytes);
  }

  private static String md5(String text) throws NoSuchAlgorithmException {
    return java.util.HexFormat.of().formatHex(digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
