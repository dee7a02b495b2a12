/**
 * Moves the objects of an S3 bucket to another KMS key where they lie, every version of them, with
 * {@code UpdateObjectEncryption}.
 */
@NullMarked
package io.github.kmsrotation.s3;

import org.jspecify.annotations.NullMarked;
