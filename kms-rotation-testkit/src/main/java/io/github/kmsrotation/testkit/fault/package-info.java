/** Failures on demand. */
@NullMarked
package io.github.kmsrotation.testkit.fault;

import org.jspecify.annotations.NullMarked;
