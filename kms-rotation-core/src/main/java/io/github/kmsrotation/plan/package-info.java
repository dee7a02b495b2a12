/** Plans, steps and verifiers: data and contracts, no input or output. */
@NullMarked
package io.github.kmsrotation.plan;

import org.jspecify.annotations.NullMarked;
