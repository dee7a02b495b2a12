/** Calls to AWS: what a failure means, and how often a call is tried. */
@NullMarked
package io.github.kmsrotation.aws;

import org.jspecify.annotations.NullMarked;
