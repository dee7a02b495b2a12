/** The time of the embedded AWS: turned by hand, or running fast. */
@NullMarked
package io.github.kmsrotation.testkit.clock;

import org.jspecify.annotations.NullMarked;
