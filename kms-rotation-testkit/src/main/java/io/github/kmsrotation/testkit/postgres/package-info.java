/** The data plane of the embedded RDS: a real PostgreSQL process behind each DB instance. */
@NullMarked
package io.github.kmsrotation.testkit.postgres;

import org.jspecify.annotations.NullMarked;
