/** The root of everything this library throws, and the errors that AWS's answers lead to. */
@NullMarked
package io.github.kmsrotation.error;

import org.jspecify.annotations.NullMarked;
