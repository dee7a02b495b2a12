package io.github.kmsrotation.spi;

import io.github.kmsrotation.error.MissingStrategyException;
import io.github.kmsrotation.target.Target;
import java.util.ServiceLoader;

/** Finds strategies on the class path. */
public final class Strategies {

  private Strategies() {}

  /**
   * The strategy for a kind of target.
   *
   * @param kind the value of {@link Target#kind()}
   * @return the strategy
   * @throws MissingStrategyException if no artifact on the class path has it
   */
  public static RotationStrategy<?> find(String kind) {
    for (RotationStrategy<?> strategy : ServiceLoader.load(RotationStrategy.class)) {
      if (strategy.kind().equals(kind)) {
        return strategy;
      }
    }
    throw new MissingStrategyException(
        "No strategy for '"
            + kind
            + "' is on the class path. Add the artifact io.github.kmsrotation:kms-rotation-"
            + kind
            + " (its version is in kms-rotation-bom).");
  }
}
