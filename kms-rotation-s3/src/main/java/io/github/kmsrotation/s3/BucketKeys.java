package io.github.kmsrotation.s3;

/**
 * What becomes of the S3 Bucket Key setting, which saves calls to KMS: {@code
 * UpdateObjectEncryption} switches it off unless it is told otherwise.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html">Reducing the
 *     cost of SSE-KMS with Amazon S3 Bucket Keys</a>
 */
public enum BucketKeys {
  /** An object keeps its setting; one that was under no KMS key gets a Bucket Key. */
  KEEP,
  /** Every object gets a Bucket Key, those that are under the new key already included. */
  ENABLE,
  /** No object has a Bucket Key, those that are under the new key already included. */
  DISABLE
}
