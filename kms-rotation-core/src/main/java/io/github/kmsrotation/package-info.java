/** The front door: {@link io.github.kmsrotation.RotationPlanner}. */
@NullMarked
package io.github.kmsrotation;

import org.jspecify.annotations.NullMarked;
