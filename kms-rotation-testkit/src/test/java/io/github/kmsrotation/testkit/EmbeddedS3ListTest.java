package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists of objects and versions, and what is deleted. */
class EmbeddedS3ListTest extends S3Fixture {

  private void enableVersioning() {
    s3.putBucketVersioning(
        r ->
            r.bucket(BUCKET)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
  }

  @Test
  void pages_haveEveryKeyOnceInOrder() {
    List<String> keys = List.of("a", "a/1", "a/2", "b", "\uFFFD", "😀");
    keys.forEach(this::put);

    List<String> listed =
        s3.listObjectsV2Paginator(r -> r.bucket(BUCKET).maxKeys(2)).contents().stream()
            .map(S3Object::key)
            .toList();

    assertThat(listed).containsExactlyElementsOf(keys);
  }

  @Test
  void delimiter_groupsKeys_overPagesToo() {
    List.of("a/1", "a/2", "b", "c/1", "c/2", "d").forEach(this::put);

    List<String> prefixes =
        s3.listObjectsV2Paginator(r -> r.bucket(BUCKET).delimiter("/").maxKeys(1)).stream()
            .flatMap(page -> page.commonPrefixes().stream())
            .map(CommonPrefix::prefix)
            .toList();
    ListObjectsV2Response all = s3.listObjectsV2(r -> r.bucket(BUCKET).delimiter("/"));

    assertThat(prefixes).containsExactly("a/", "c/");
    assertThat(all.contents()).extracting(S3Object::key).containsExactly("b", "d");
    assertThat(all.keyCount()).isEqualTo(4);
  }

  @Test
  void firstListOperation_goesOnFromTheMarker() {
    List.of("a", "b", "c").forEach(this::put);

    assertThat(s3.listObjects(r -> r.bucket(BUCKET).marker("a")).contents())
        .extracting(S3Object::key)
        .containsExactly("b", "c");
  }

  @Test
  void deletedObject_ofVersionedBucket_isBehindItsMarker() {
    enableVersioning();
    put("a");
    String version = head("a").versionId();

    DeleteObjectResponse deleted = s3.deleteObject(r -> r.bucket(BUCKET).key("a"));

    assertThat(deleted.deleteMarker()).isTrue();
    assertRefused(() -> get("a"), 404, "NoSuchKey");
    assertThat(s3.listObjectsV2(r -> r.bucket(BUCKET)).contents()).isEmpty();
    assertThat(s3.listObjectVersions(r -> r.bucket(BUCKET)).deleteMarkers()).hasSize(1);
    assertRefused(() -> s3.deleteBucket(r -> r.bucket(BUCKET)), 409, "BucketNotEmpty");
    s3.deleteObject(r -> r.bucket(BUCKET).key("a").versionId(deleted.versionId()));
    assertThat(head("a").versionId()).isEqualTo(version);
  }

  @Test
  void versions_arePagedNewestFirst() {
    enableVersioning();
    for (int i = 0; i < 3; i++) {
      put("a");
      put("b");
    }

    List<ObjectVersion> versions =
        s3.listObjectVersionsPaginator(r -> r.bucket(BUCKET).maxKeys(2)).versions().stream()
            .toList();

    assertThat(versions)
        .extracting(ObjectVersion::key)
        .containsExactly("a", "a", "a", "b", "b", "b");
    assertThat(versions).extracting(ObjectVersion::versionId).doesNotHaveDuplicates();
    assertThat(versions.get(0).isLatest()).isTrue();
    assertThat(versions.get(1).isLatest()).isFalse();
  }

  @Test
  void suspendedVersioning_replacesTheNullVersion() {
    put("a");
    enableVersioning();
    put("a");
    s3.putBucketVersioning(
        r ->
            r.bucket(BUCKET)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED)));
    put("a");

    assertThat(s3.listObjectVersions(r -> r.bucket(BUCKET)).versions())
        .extracting(ObjectVersion::versionId)
        .hasSize(2)
        .first()
        .isEqualTo("null");
  }

  @Test
  void deleteObjects_tellsOfEach() {
    put("a");
    put("b");
    Delete delete =
        Delete.builder()
            .objects(
                ObjectIdentifier.builder().key("a").build(),
                ObjectIdentifier.builder().key("b").eTag("0").build())
            .build();

    var deleted = s3.deleteObjects(r -> r.bucket(BUCKET).delete(delete));

    assertThat(deleted.deleted()).extracting(d -> d.key()).containsExactly("a");
    assertThat(deleted.errors()).extracting(e -> e.code()).containsExactly("PreconditionFailed");
  }

  @Test
  void lockedVersion_isNotDeleted_unlessGovernanceIsBypassed() {
    s3.createBucket(
        r ->
            r.bucket("locked-orders")
                .objectLockEnabledForBucket(true)
                .createBucketConfiguration(c -> c.locationConstraint(aws.region())));
    String version =
        s3.putObject(
                r ->
                    r.bucket("locked-orders")
                        .key("a")
                        .objectLockMode(
                            software.amazon.awssdk.services.s3.model.ObjectLockMode.GOVERNANCE)
                        .objectLockRetainUntilDate(aws.clock().instant().plusSeconds(86_400)),
                software.amazon.awssdk.core.sync.RequestBody.fromString(DATA))
            .versionId();

    assertRefused(
        () -> s3.deleteObject(r -> r.bucket("locked-orders").key("a").versionId(version)),
        403,
        "AccessDenied");
    assertThat(s3.getObjectRetention(r -> r.bucket("locked-orders").key("a")).retention().mode())
        .isEqualTo(ObjectLockRetentionMode.GOVERNANCE);
    s3.deleteObject(
        r -> r.bucket("locked-orders").key("a").versionId(version).bypassGovernanceRetention(true));
  }
}
