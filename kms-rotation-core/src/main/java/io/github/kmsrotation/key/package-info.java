/**
 * What is this KMS key, and how may it be rotated? {@link io.github.kmsrotation.key.KeyFacts} are
 * read in one place and judged in another: {@link io.github.kmsrotation.key.RotationPolicy} is a
 * pure function.
 */
@NullMarked
package io.github.kmsrotation.key;

import org.jspecify.annotations.NullMarked;
