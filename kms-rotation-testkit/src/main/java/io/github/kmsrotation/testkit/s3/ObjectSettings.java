package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tags and ACLs of objects, which change without a new version.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html">Object
 *     tagging</a>
 */
final class ObjectSettings {

  private final S3State state;

  ObjectSettings(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write("PutObjectTagging", this::putTags, "tagging versionId");
    operations.read("GetObjectTagging", this::getTags, "tagging versionId");
    operations.write("DeleteObjectTagging", this::deleteTags, "tagging versionId");
    operations.write(
        "PutObjectAcl",
        this::putAcl,
        "acl versionId x-amz-acl x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp",
        "x-amz-grant-write x-amz-grant-write-acp");
    operations.read("GetObjectAcl", this::getAcl, "acl versionId");
  }

  private RestAnswer change(S3Request request, int status, Consumer<S3Version> change) {
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          S3Version version = state.version(bucket, request.key(), request.versionId());
          change.accept(version);
          state.replicator.changed(bucket, request.key(), version);
          return RestAnswer.of(status, headers(bucket, version), new byte[0]);
        });
  }

  private static Map<String, String> headers(Bucket bucket, S3Version version) {
    Map<String, String> headers = new HashMap<>();
    ObjectAnswers.putVersion(bucket, version, headers);
    return headers;
  }

  private RestAnswer putTags(S3Request request) throws IOException {
    Map<String, String> tags = TagSet.ofXml(request.xml("Tagging"), TagSet.MOST_OF_OBJECT);
    return change(request, 200, version -> version.tags = tags);
  }

  private RestAnswer deleteTags(S3Request request) {
    return change(request, 204, version -> version.tags = Map.of());
  }

  private RestAnswer getTags(S3Request request) {
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          S3Version version = state.version(bucket, request.key(), request.versionId());
          return TagSet.xml(version.tags).answer(200, headers(bucket, version));
        });
  }

  private RestAnswer putAcl(S3Request request) throws IOException {
    Optional<Acl> inBody =
        request.header("Content-Length").orElse("0").equals("0")
            ? Optional.empty()
            : Optional.of(Acls.ofXml(request.xmlWithoutChecksum("AccessControlPolicy")));
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          S3Version version = state.version(bucket, request.key(), request.versionId());
          inBody.ifPresent(
              acl -> Acls.requireAllowed(bucket, acl, acl.equals(Acl.ofOwner(state.ownerId))));
          version.acl =
              Acls.of(request, bucket, state.ownerId)
                  .or(() -> inBody)
                  .orElseThrow(S3Errors::malformedXml);
          state.replicator.changed(bucket, request.key(), version);
          return RestAnswer.of(200, headers(bucket, version), new byte[0]);
        });
  }

  private RestAnswer getAcl(S3Request request) {
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          S3Version version = state.version(bucket, request.key(), request.versionId());
          Acl acl = version.acl;
          Acl told = (acl == null || !bucket.hasAcls()) ? Acl.ofOwner(state.ownerId) : acl;
          return Acls.xml(told, state.ownerId).answer(200, headers(bucket, version));
        });
  }
}
