package io.github.kmsrotation.rds;

import io.github.kmsrotation.rds.data.DatabaseEndpoint;

/**
 * Stops everything that writes to a database, and lets it write again: the caller's own means, such
 * as scaling an application down or making it read-only. Without it, writes made after the DB
 * snapshot would be lost.
 *
 * <p>Both methods may be called again after a crash, so they must be harmless when there is nothing
 * to do. They are called on the runner's thread. An exception stops the run.
 */
public interface WriteFreeze {

  /**
   * Stops all writers. When this returns, every write that was acknowledged to anybody is in the
   * database and no further write will be.
   *
   * @param database the DB instance that serves now
   */
  void freeze(DatabaseEndpoint database);

  /**
   * Lets writers write again.
   *
   * @param database the DB instance that serves now
   */
  void thaw(DatabaseEndpoint database);
}
