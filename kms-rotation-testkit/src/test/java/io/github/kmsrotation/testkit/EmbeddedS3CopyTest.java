package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.TaggingDirective;

/** CopyObject: what it carries over, and what it does not. */
class EmbeddedS3CopyTest extends S3Fixture {

  private void copy(String from, String to, Consumer<CopyObjectRequest.Builder> more) {
    s3.copyObject(
        r ->
            r.sourceBucket(BUCKET)
                .sourceKey(from)
                .destinationBucket(BUCKET)
                .destinationKey(to)
                .applyMutation(more));
  }

  @Test
  void copy_carriesMetadataAndTags_butNotEncryptionAndStorageClass() {
    String key = newKey();
    s3.putObject(
        r ->
            r.bucket(BUCKET)
                .key("a b+c")
                .metadata(Map.of("x", "y"))
                .tagging("t=u")
                .storageClass(StorageClass.STANDARD_IA)
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(key),
        RequestBody.fromString(DATA));

    copy("a b+c", "b", r -> {});

    assertThat(get("b")).isEqualTo(DATA);
    assertThat(head("b").metadata()).containsEntry("x", "y");
    assertThat(head("b").tagCount()).isEqualTo(1);
    assertThat(head("b").storageClass()).isNull();
    assertThat(head("b").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
  }

  @Test
  void copy_replacesWhatItIsToldTo() {
    s3.putObject(
        r -> r.bucket(BUCKET).key("a").metadata(Map.of("x", "y")).tagging("t=u"),
        RequestBody.fromString(DATA));

    copy(
        "a",
        "b",
        r ->
            r.metadataDirective(MetadataDirective.REPLACE)
                .metadata(Map.of("new", "1"))
                .taggingDirective(TaggingDirective.REPLACE));

    assertThat(head("b").metadata()).containsOnlyKeys("new");
    assertThat(head("b").tagCount()).isNull();
  }

  @Test
  void copyToItself_hasToChangeSomething() {
    String key = newKey();
    put("a");

    assertRefused(() -> copy("a", "a", r -> {}), 400, "InvalidRequest");
    copy("a", "a", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key));

    assertThat(head("a").ssekmsKeyId()).isEqualTo(key);
    assertThat(get("a")).isEqualTo(DATA);
  }

  @Test
  void copy_ofSourceUnderDisabledKey_isRefused() {
    String key = newKey();
    s3.putObject(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(key),
        RequestBody.fromString(DATA));
    kms.disableKey(r -> r.keyId(key));

    assertRefused(() -> copy("a", "b", r -> {}), 400, "KMS.DisabledException");
  }

  @Test
  void copy_underCondition_isDoneOrRefused() {
    put("a");
    String etag = head("a").eTag();

    assertRefused(
        () -> copy("a", "b", r -> r.copySourceIfMatch("\"0\"")), 412, "PreconditionFailed");
    assertRefused(
        () -> copy("a", "b", r -> r.copySourceIfNoneMatch(etag)), 412, "PreconditionFailed");
    copy("a", "b", r -> r.copySourceIfMatch(etag));

    assertThat(get("b")).isEqualTo(DATA);
  }

  @Test
  void copy_ofArchivedObject_isRefused() {
    s3.putObject(
        r -> r.bucket(BUCKET).key("a").storageClass(StorageClass.DEEP_ARCHIVE),
        RequestBody.fromString(DATA));

    assertRefused(() -> copy("a", "b", r -> {}), 403, "InvalidObjectState");
  }

  @Test
  void copy_ofOlderVersionToItself_makesItTheNewest() {
    s3.putBucketVersioning(
        r ->
            r.bucket(BUCKET)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    put("a");
    String older = head("a").versionId();
    s3.putObject(r -> r.bucket(BUCKET).key("a"), RequestBody.fromString("newer"));

    copy("a", "a", r -> r.sourceVersionId(older));

    assertThat(get("a")).isEqualTo(DATA);
    assertThat(s3.listObjectVersions(r -> r.bucket(BUCKET)).versions()).hasSize(3);
  }
}
