/**
 * The embedded AWS KMS. Keys really encrypt, and their state is enforced. What is modelled of each
 * operation is told in the module's README.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html">AWS KMS API</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.kms;

import org.jspecify.annotations.NullMarked;
