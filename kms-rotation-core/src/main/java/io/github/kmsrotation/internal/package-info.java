/** What this library's own modules share. Not for callers: it may change in any version. */
@NullMarked
package io.github.kmsrotation.internal;

import org.jspecify.annotations.NullMarked;
