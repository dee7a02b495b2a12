package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.RestAnswer;

/**
 * {@code ListObjectAnnotations}: no object has any, as the other operations are not modelled.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectAnnotations.html">ListObjectAnnotations</a>
 */
final class AnnotationOperations {

  private final S3State state;

  AnnotationOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.read(
        "ListObjectAnnotations",
        request -> state.locked(() -> list(request)),
        "annotation versionId max-annotation-results annotation-prefix continuation-token");
  }

  private RestAnswer list(S3Request request) {
    state.version(state.bucket(request), request.key(), request.versionId());
    return XmlOut.of("ListObjectAnnotationsResult")
        .put("Bucket", request.bucket())
        .put("Key", request.key())
        .put("AnnotationCount", 0)
        .answer();
  }
}
