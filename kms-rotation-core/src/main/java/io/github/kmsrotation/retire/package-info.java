/**
 * Plans that retire a KMS key: see that nothing uses it, disable it, watch, schedule its deletion.
 * Knows no plan that rotates keys, and none of them knows this.
 */
@NullMarked
package io.github.kmsrotation.retire;

import org.jspecify.annotations.NullMarked;
