/**
 * The embedded Elastic Load Balancing, version 2: target groups of instances.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html">Elastic
 *     Load Balancing API Reference</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.elb;

import org.jspecify.annotations.NullMarked;
