/**
 * The embedded Amazon RDS: DB instances, DB snapshots and automated backups, with a real PostgreSQL
 * behind each DB instance of engine {@code postgres}, and DB clusters without data. What is
 * modelled is told in the module's README.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html">RDS API</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.rds;

import org.jspecify.annotations.NullMarked;
