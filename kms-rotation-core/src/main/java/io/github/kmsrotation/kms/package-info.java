/**
 * Plans for KMS keys themselves: what the policy decides about a key becomes steps. Knows the
 * packages of plans and facts, and nothing of any service that uses keys.
 */
@NullMarked
package io.github.kmsrotation.kms;

import org.jspecify.annotations.NullMarked;
