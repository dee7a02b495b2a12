package io.github.kmsrotation.testkit.http;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.util.Map;

/** How calls and answers look on the wire. */
public interface WireProtocol {

  /**
   * A call.
   *
   * @param operation its name
   * @param params its parameters
   */
  record Incoming(String operation, Params params) {}

  /**
   * Reads a call.
   *
   * @param headers of the request
   * @param body of the request
   * @return the call
   * @throws IOException if it cannot be read
   */
  Incoming read(Headers headers, byte[] body) throws IOException;

  /**
   * Writes an answer.
   *
   * @param operation what was called
   * @param answer names and values
   * @param requestId the id of the request
   * @return the body
   * @throws IOException if it cannot be written
   */
  byte[] answer(String operation, Map<String, Object> answer, String requestId) throws IOException;

  /**
   * Writes an error.
   *
   * @param error the error
   * @param requestId the id of the request
   * @return the body
   * @throws IOException if it cannot be written
   */
  byte[] error(AwsError error, String requestId) throws IOException;

  /**
   * The content type of answers.
   *
   * @return a media type
   */
  String contentType();

  /**
   * The code of the error that tells of throttling.
   *
   * @return AWS's code
   */
  String throttlingCode();

  /**
   * The error for an operation that does not exist.
   *
   * @param operation what was called
   * @return the error
   */
  AwsError unknownOperation(String operation);
}
