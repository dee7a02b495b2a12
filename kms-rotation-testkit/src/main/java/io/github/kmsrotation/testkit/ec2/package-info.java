/**
 * The embedded Amazon EC2, as far as the volumes of instances and their keys are concerned.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html">Amazon EC2 API
 *     Reference</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.ec2;

import org.jspecify.annotations.NullMarked;
