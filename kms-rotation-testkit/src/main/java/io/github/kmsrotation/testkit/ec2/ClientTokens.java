package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Calls that are made once, however often they arrive. Tokens are kept for good; AWS forgets them
 * some time.
 *
 * @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html">Ensuring
 *     idempotency</a>
 */
final class ClientTokens {

  private static final int LONGEST = 64;

  private record Done(Map<String, Object> params, Supplier<Map<String, Object>> answer) {}

  private final Map<String, Done> done = new HashMap<>();

  /**
   * Carries a call out, or answers again if it was carried out before.
   *
   * @param request the call
   * @param call carries it out and gives what answers it, now and later
   */
  Map<String, Object> once(AwsRequest request, Supplier<Supplier<Map<String, Object>>> call) {
    String token = request.params().text("ClientToken").orElse("");
    if (token.length() > LONGEST) {
      throw Ec2Rules.invalidValue("ClientToken has at most 64 characters: " + token);
    }
    if (token.isEmpty()) {
      return call.get().get();
    }
    String key = request.region() + " " + request.operation() + " " + token;
    Map<String, Object> params = request.params().allBut("ClientToken");
    Done before = done.get(key);
    if (before == null) {
      Done now = new Done(params, call.get());
      done.put(key, now);
      return now.answer().get();
    }
    if (!before.params().equals(params)) {
      throw AwsError.badRequest(
          "IdempotentParameterMismatch",
          "The client token " + token + " was used before, with other parameters.");
    }
    return before.answer().get();
  }
}
