/**
 * The embedded Amazon RDS: DB instances and DB snapshots, with a real PostgreSQL behind each DB
 * instance of engine {@code postgres}. What is modelled is told in the module's README.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html">RDS API</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.rds;

import org.jspecify.annotations.NullMarked;
