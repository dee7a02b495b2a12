/** What can be rotated. */
@NullMarked
package io.github.kmsrotation.target;

import org.jspecify.annotations.NullMarked;
