/**
 * The embedded Systems Manager, as far as Run Command goes.
 *
 * @see <a href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html">AWS
 *     Systems Manager API Reference</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.ssm;

import org.jspecify.annotations.NullMarked;
