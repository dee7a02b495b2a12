package io.github.kmsrotation.run;

import java.time.Duration;

/**
 * How the runner waits, for what AWS does and for a call's turn. Replaced in tests by one that
 * turns a clock instead.
 *
 * @see RotationRunner.Builder#sleeper
 */
@FunctionalInterface
public interface Sleeper {

  /**
   * Waits.
   *
   * @param duration how long
   * @throws InterruptedException if the thread was interrupted; the run then stops, resumable
   */
  void sleep(Duration duration) throws InterruptedException;
}
