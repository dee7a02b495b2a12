/**
 * The embedded Amazon S3 Control: S3 Batch Operations.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops.html">Performing
 *     object operations in bulk</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.s3control;

import org.jspecify.annotations.NullMarked;
