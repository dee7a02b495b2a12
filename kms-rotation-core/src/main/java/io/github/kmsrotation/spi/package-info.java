/** What a strategy artifact implements to be found by the planner. */
@NullMarked
package io.github.kmsrotation.spi;

import org.jspecify.annotations.NullMarked;
