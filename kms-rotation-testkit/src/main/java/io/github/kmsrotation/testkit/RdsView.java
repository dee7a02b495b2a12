package io.github.kmsrotation.testkit;

import java.util.Map;

/** What a test can see of the embedded RDS without calling it. */
public interface RdsView {

  /**
   * All DB instances.
   *
   * @return status by identifier
   */
  Map<String, String> instances();

  /**
   * All DB snapshots.
   *
   * @return status by identifier
   */
  Map<String, String> snapshots();

  /**
   * Whatever this operation begins from now on stays under way for ever.
   *
   * @param operation for example {@code CopyDBSnapshot}
   */
  void neverFinish(String operation);
}
