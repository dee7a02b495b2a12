/** The runner: the only place that executes a plan. */
@NullMarked
package io.github.kmsrotation.run;

import org.jspecify.annotations.NullMarked;
