/** Comparing the data of two databases. */
@NullMarked
package io.github.kmsrotation.rds.data;

import org.jspecify.annotations.NullMarked;
