/**
 * The embedded Amazon S3: general purpose buckets.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html">Amazon S3 API
 *     Reference</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.s3;

import org.jspecify.annotations.NullMarked;
