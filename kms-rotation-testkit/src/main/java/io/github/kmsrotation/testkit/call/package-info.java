/** What was called. */
@NullMarked
package io.github.kmsrotation.testkit.call;

import org.jspecify.annotations.NullMarked;
