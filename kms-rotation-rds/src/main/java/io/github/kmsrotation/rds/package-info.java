/**
 * Rotates the KMS key of an RDS DB instance: DB snapshot, copy under the new key, restore,
 * verification, cut over, retirement.
 */
@NullMarked
package io.github.kmsrotation.rds;

import org.jspecify.annotations.NullMarked;
