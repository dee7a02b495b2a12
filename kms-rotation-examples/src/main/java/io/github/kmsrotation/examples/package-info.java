/** The runnable quickstart. */
@NullMarked
package io.github.kmsrotation.examples;

import org.jspecify.annotations.NullMarked;
