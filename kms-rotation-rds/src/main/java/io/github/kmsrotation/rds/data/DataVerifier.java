package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.Verification;
import java.util.List;

/**
 * Compares the data of two databases. A passed result means that what it names as evidence was the
 * same on both sides when each side was read; it does not mean that nothing was written afterwards,
 * nor that an application works with the replacement. Changes nothing. An exception stops the run,
 * and its message goes into the report and the log: it is to hold no password and no data.
 */
@FunctionalInterface
public interface DataVerifier {

  /**
   * Compares.
   *
   * @param original the DB instance that serves now
   * @param replacement the DB instance that is to take over
   * @return what was found
   * @throws DataVerificationException if they could not be compared, which says nothing about
   *     whether they are the same
   */
  Verification verify(DatabaseEndpoint original, DatabaseEndpoint replacement);

  /**
   * Tries, while a rotation is planned, whether the original could be compared later: whether it is
   * reached, lets the verifier log in, and lets it read. Each problem keeps the plan from being
   * made. Changes nothing and is quick, since the original serves meanwhile. It is not called for a
   * DB instance that is not available, which is a problem already. An exception is one problem
   * more.
   *
   * <p>No problem does not mean that {@link #verify} will succeed: the replacement is not there
   * yet, and passwords and rights may change. By default nothing is tried, since {@code verify}
   * itself would read all data; what hinders it then shows hours later, while writers are frozen. A
   * verifier that connects to something is best given this method.
   *
   * @param original the DB instance that serves now
   * @return what stands in the way, without passwords and data; empty if nothing was found
   */
  default List<Notice> preflight(DatabaseEndpoint original) {
    return List.of();
  }

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
