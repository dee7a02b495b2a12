/**
 * The embedded AWS STS: who the caller is. What is modelled is told in the module's README.
 *
 * @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html">STS API</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.sts;

import org.jspecify.annotations.NullMarked;
