package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Deletes objects: for good, or by a delete marker.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html">Deleting
 *     object versions</a>
 */
final class DeleteOperations {

  private static final int MOST_AT_ONCE = 1000;

  private final S3State state;

  DeleteOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write(
        "DeleteObject",
        request -> state.locked(() -> delete(request)),
        "versionId x-amz-bypass-governance-retention");
    operations.write("DeleteObjects", this::deleteAll, "delete x-amz-bypass-governance-retention");
  }

  /** What was deleted: a version of an id, or a delete marker that was made or that is gone. */
  private record Deleted(Optional<String> versionId, boolean isMarker) {}

  private RestAnswer delete(S3Request request) {
    Bucket bucket = state.bucket(request);
    request.header("If-Match").ifPresent(etag -> requireMatch(request, bucket, etag));
    Deleted deleted =
        delete(
            bucket,
            request.key(),
            request.versionId(),
            request.truth("x-amz-bypass-governance-retention"));
    Map<String, String> headers = new HashMap<>();
    deleted.versionId().ifPresent(id -> headers.put("x-amz-version-id", id));
    if (deleted.isMarker()) {
      headers.put("x-amz-delete-marker", "true");
    }
    return RestAnswer.of(204, headers, new byte[0]);
  }

  private static void requireMatch(S3Request request, Bucket bucket, String etag) {
    Optional<S3Version> version =
        bucket.find(request.key(), request.versionId()).filter(v -> !v.isDeleteMarker);
    boolean isMet = version.map(v -> etag.equals("*") || Conditions.isSame(etag, v)).orElse(false);
    if (version.isEmpty() && !etag.equals("*")) {
      throw S3Errors.noSuchKey(request.key());
    }
    if (!isMet) {
      throw S3Errors.preconditionFailed("If-Match");
    }
  }

  private Deleted delete(
      Bucket bucket, String key, Optional<String> versionId, boolean bypassesGovernance) {
    if (versionId.isPresent()) {
      Optional<S3Version> version = bucket.find(key, versionId);
      version.ifPresent(
          v -> {
            requireUnlocked(v, bypassesGovernance);
            bucket.remove(key, v);
          });
      return new Deleted(versionId, version.map(v -> v.isDeleteMarker).orElse(false));
    }
    if (bucket.versioning == Versioning.NEVER) {
      bucket.find(key, Optional.empty()).ifPresent(v -> bucket.remove(key, v));
      return new Deleted(Optional.empty(), false);
    }
    S3Version marker = S3Version.deleteMarker(bucket.newVersionId(), state.now());
    bucket.add(key, marker);
    state.replicator.written(bucket, key, marker);
    return new Deleted(Optional.of(marker.id), true);
  }

  private void requireUnlocked(S3Version version, boolean bypassesGovernance) {
    Retention retention = version.retention;
    boolean isRetained =
        retention != null
            && retention.isActive(state.now())
            && (retention.isCompliance() || !bypassesGovernance);
    if (isRetained || version.isOnLegalHold) {
      throw S3Errors.accessDenied("Access Denied because object protected by object lock.");
    }
  }

  private RestAnswer deleteAll(S3Request request) throws IOException {
    Xml wish = request.xml("Delete").allow("Object", "Quiet");
    List<Xml> objects = wish.all("Object");
    if (objects.isEmpty() || objects.size() > MOST_AT_ONCE) {
      throw S3Errors.malformedXml();
    }
    boolean isQuiet = wish.value("Quiet").equals(Optional.of("true"));
    boolean bypasses = request.truth("x-amz-bypass-governance-retention");
    XmlOut out = XmlOut.of("DeleteResult");
    state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          objects.forEach(object -> deleteOne(bucket, object, bypasses, isQuiet, out));
          return bucket;
        });
    return out.answer();
  }

  private void deleteOne(Bucket bucket, Xml object, boolean bypasses, boolean isQuiet, XmlOut out) {
    object.allow("Key", "VersionId", "ETag");
    String key = object.required("Key");
    Optional<String> versionId = object.value("VersionId").filter(id -> !id.isEmpty());
    try {
      String action = versionId.isPresent() ? "s3:DeleteObjectVersion" : "s3:DeleteObject";
      PolicyCheck.check(bucket, action, key, name -> Optional.empty());
      object.value("ETag").ifPresent(etag -> requireMatch(bucket, key, versionId, etag));
      Deleted deleted = delete(bucket, key, versionId, bypasses);
      if (!isQuiet) {
        out.open("Deleted").put("Key", key).put("VersionId", versionId);
        if (deleted.isMarker()) {
          out.put("DeleteMarker", true).put("DeleteMarkerVersionId", deleted.versionId());
        }
        out.close("Deleted");
      }
    } catch (AwsError e) {
      out.open("Error")
          .put("Key", key)
          .put("VersionId", versionId)
          .put("Code", e.code())
          .put("Message", e.text())
          .close("Error");
    }
  }

  private static void requireMatch(
      Bucket bucket, String key, Optional<String> versionId, String etag) {
    S3Version version =
        bucket
            .find(key, versionId)
            .filter(v -> !v.isDeleteMarker)
            .orElseThrow(() -> S3Errors.noSuchKey(key));
    if (!Conditions.isSame(etag, version)) {
      throw S3Errors.preconditionFailed("If-Match");
    }
  }
}
