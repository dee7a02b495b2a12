/**
 * An embedded AWS for tests and first tries: {@link io.github.kmsrotation.testkit.EmbeddedAws}.
 * Real HTTP on loopback, real wire formats, so that any AWS SDK or the AWS CLI works by endpoint
 * override.
 */
@NullMarked
package io.github.kmsrotation.testkit;

import org.jspecify.annotations.NullMarked;
