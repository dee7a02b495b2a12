package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * A bucket's replication configuration. As with AWS, neither the KMS keys nor the role are looked
 * at when it is put.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html">PutBucketReplication</a>
 */
final class ReplicationOperations {

  private static final String SUB = "replication";

  private final S3State state;

  ReplicationOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write("PutBucketReplication", this::put, SUB, "x-amz-bucket-object-lock-token");
    operations.read("GetBucketReplication", this::get, SUB);
    operations.write("DeleteBucketReplication", this::delete, SUB);
  }

  private RestAnswer put(S3Request request) throws IOException {
    Replication replication =
        Replication.parse(request.xml("ReplicationConfiguration"), state.accountId);
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          if (bucket.versioning != Versioning.ENABLED) {
            throw S3Errors.invalidRequest(
                "Versioning must be 'Enabled' on the bucket to apply a replication configuration");
          }
          replication.rules().forEach(rule -> requireDestination(bucket, rule));
          bucket.replication = Optional.of(replication);
          return RestAnswer.of(200, Map.of(), new byte[0]);
        });
  }

  private void requireDestination(Bucket source, ReplicationRule rule) {
    Bucket destination = state.buckets.get(rule.destination());
    if (destination == null) {
      throw S3Errors.invalidRequest("Destination bucket must exist.");
    }
    if (destination.name.equals(source.name)) {
      throw S3Errors.invalidRequest("Destination bucket cannot be the same as the source bucket.");
    }
    if (destination.versioning != Versioning.ENABLED) {
      throw S3Errors.invalidRequest("Destination bucket must have versioning enabled.");
    }
  }

  private RestAnswer get(S3Request request) {
    Xml document =
        state.locked(
            () ->
                state
                    .bucket(request)
                    .replication
                    .orElseThrow(
                        () ->
                            S3Errors.notFound(
                                "ReplicationConfigurationNotFoundError",
                                "The replication configuration was not found"))
                    .document());
    return XmlOut.of(document.name()).content(document).answer();
  }

  private RestAnswer delete(S3Request request) {
    return state.locked(
        () -> {
          state.bucket(request).replication = Optional.empty();
          return RestAnswer.of(204, Map.of(), new byte[0]);
        });
  }
}
