package io.github.kmsrotation.testkit.call;

import java.time.Instant;
import java.util.Set;

/**
 * A call that was made.
 *
 * @param service the service, for example {@code rds}
 * @param operation the operation
 * @param region the Region
 * @param parameterNames the names of its parameters; values are not kept, since some are secret
 * @param isMutating whether the operation changes anything and this was no dry run
 * @param outcome {@code ok}, an error code, or {@code dropped} if no answer was sent
 * @param tookEffect whether the service carried it out
 * @param at when, by the embedded AWS's clock
 */
public record Call(
    String service,
    String operation,
    String region,
    Set<String> parameterNames,
    boolean isMutating,
    String outcome,
    boolean tookEffect,
    Instant at) {

  /** Copies the names. */
  public Call {
    parameterNames = Set.copyOf(parameterNames);
  }
}
