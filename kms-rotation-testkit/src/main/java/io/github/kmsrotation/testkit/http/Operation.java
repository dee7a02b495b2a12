package io.github.kmsrotation.testkit.http;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * An operation that a service models.
 *
 * @param isMutating whether it changes anything
 * @param params the parameters that are modelled; any other is refused
 * @param handler answers with names and values; may throw {@link AwsError}
 */
public record Operation(
    boolean isMutating, Set<String> params, Function<AwsRequest, Map<String, Object>> handler) {

  /**
   * An operation that changes nothing.
   *
   * @param handler answers
   * @param params the parameters that are modelled
   * @return the operation
   */
  public static Operation read(
      Function<AwsRequest, Map<String, Object>> handler, String... params) {
    return new Operation(false, Set.of(params), handler);
  }

  /**
   * An operation that changes something.
   *
   * @param handler answers
   * @param params the parameters that are modelled
   * @return the operation
   */
  public static Operation write(
      Function<AwsRequest, Map<String, Object>> handler, String... params) {
    return new Operation(true, Set.of(params), handler);
  }
}
