package io.github.kmsrotation.testkit.http;

import java.io.IOException;
import java.util.Set;

/**
 * An operation of a service that routes by method and path.
 *
 * @param isMutating whether it changes anything
 * @param params the query parameters and AWS headers that are modelled; any other is refused
 * @param handler answers; takes the embedded AWS's lock itself, where it needs it
 */
public record RestOperation(boolean isMutating, Set<String> params, Handler handler) {

  /** Answers a call. */
  public interface Handler {

    /**
     * Answers a call.
     *
     * @param request the call
     * @return the answer
     * @throws AwsError if it is refused
     * @throws IOException if the caller went away
     */
    RestAnswer handle(RestRequest request) throws IOException;
  }
}
