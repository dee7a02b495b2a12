/** What happened in a run, durably. */
@NullMarked
package io.github.kmsrotation.journal;

import org.jspecify.annotations.NullMarked;
