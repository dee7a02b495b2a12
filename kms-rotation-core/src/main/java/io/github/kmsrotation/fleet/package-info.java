/** Many rotations at once: started under limits, in waves, and waiting without a thread each. */
@NullMarked
package io.github.kmsrotation.fleet;

import org.jspecify.annotations.NullMarked;
