package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Verification;
import java.util.List;

/**
 * Compares the data of two databases. A passed result means that what it names as evidence was the
 * same on both sides when each side was read; it does not mean that nothing was written afterwards,
 * nor that an application works with the replacement. Changes nothing. An exception stops the run.
 */
@FunctionalInterface
public interface DataVerifier {

  /**
   * Compares.
   *
   * @param original the DB instance that serves now
   * @param replacement the DB instance that is to take over
   * @return what was found
   */
  Verification verify(DatabaseEndpoint original, DatabaseEndpoint replacement);

  /**
   * Reads one database and tells what it holds: the evidence that {@link #verify} gives of it as
   * the original when it passes. Before RETIRE it tells whether the original was written to since
   * the cutover, so subjects and expected values have to depend on nothing but the original's data.
   * By default the database is compared with itself, which reads it twice.
   *
   * @param database a DB instance
   * @return what it holds; only subjects and expected values count
   */
  default List<Evidence> contentOf(DatabaseEndpoint database) {
    return verify(database, database).evidence();
  }
}
