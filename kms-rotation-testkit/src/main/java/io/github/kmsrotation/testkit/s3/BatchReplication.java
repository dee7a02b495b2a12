package io.github.kmsrotation.testkit.s3;

import java.util.List;
import java.util.Optional;

/**
 * What S3 Batch Replication does that no request can. To be called under the embedded AWS's lock.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html">Replicating
 *     existing objects with Batch Replication</a>
 */
public interface BatchReplication {

  /**
   * A version, or delete marker, that a rule of its bucket replicates.
   *
   * @param key its key
   * @param versionId its version
   * @param status {@code NONE}, {@code PENDING}, {@code COMPLETED}, {@code FAILED} or {@code
   *     REPLICA}
   */
  record Candidate(String key, String versionId, String status) {}

  /**
   * Everything in a bucket that its replication configuration takes.
   *
   * @param bucket its name
   * @return older versions and delete markers, too
   * @throws io.github.kmsrotation.testkit.http.AwsError if there is no such bucket
   */
  List<Candidate> eligibleForReplication(String bucket);

  /**
   * Replicates a version to where the bucket's rules say.
   *
   * @param bucket the name of its bucket
   * @param key its key
   * @param versionId the version; if empty, the current one
   * @throws io.github.kmsrotation.testkit.http.AwsError whose code is the failure reason
   */
  void replicate(String bucket, String key, Optional<String> versionId);
}
