package io.github.kmsrotation.plan;

import io.github.kmsrotation.target.Target;

/**
 * What a caller can tell a strategy beyond target and key: clients, hooks, verifiers. Implemented
 * by the strategy artifacts, one type each, so that options of another strategy do not compile.
 *
 * @param <T> the target that the strategy rotates
 */
public interface StrategyOptions<T extends Target> {

  /**
   * The kind of target these options are for.
   *
   * @return the value of {@link Target#kind()}
   */
  String kind();
}
