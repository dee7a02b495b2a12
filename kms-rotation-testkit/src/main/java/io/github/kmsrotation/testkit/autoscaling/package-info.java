/**
 * The embedded Amazon EC2 Auto Scaling, as far as groups name launch templates and instances.
 *
 * @see <a href="https://docs.aws.amazon.com/autoscaling/ec2/APIReference/Welcome.html">Amazon EC2
 *     Auto Scaling API Reference</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.autoscaling;

import org.jspecify.annotations.NullMarked;
