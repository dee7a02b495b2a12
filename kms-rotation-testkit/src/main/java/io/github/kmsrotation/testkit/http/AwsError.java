package io.github.kmsrotation.testkit.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** An error that a service answers, with AWS's code. */
public final class AwsError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final int status;
  private final transient Map<String, String> details;

  /**
   * @param code AWS's code on the wire
   * @param status the HTTP status
   * @param message for people
   */
  public AwsError(String code, int status, String message) {
    this(code, status, message, Map.of());
  }

  private AwsError(String code, int status, String message, Map<String, String> details) {
    super(message, null, false, false);
    this.code = code;
    this.status = status;
    this.details = details;
  }

  /**
   * This error with one more detail, for services whose errors have any.
   *
   * @param name of an XML element if it begins with a capital, else of a header
   * @param value its value
   * @return an error
   */
  public AwsError with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(details);
    more.put(name, value);
    return new AwsError(code, status, text(), more);
  }

  /**
   * The details.
   *
   * @return names of XML elements, which begin with a capital, and of headers
   */
  public Map<String, String> details() {
    return Map.copyOf(details);
  }

  /**
   * An error of the caller's.
   *
   * @param code AWS's code
   * @param message for people
   * @return an error with status 400
   */
  public static AwsError badRequest(String code, String message) {
    return new AwsError(code, 400, message);
  }

  /**
   * What AWS can do and the embedded AWS cannot.
   *
   * @param what which operation or parameter
   * @return an error with status 501
   */
  public static AwsError notModelled(String what) {
    return new AwsError("NotModelled", 501, "The embedded AWS does not model " + what + ".");
  }

  /**
   * The code.
   *
   * @return AWS's code
   */
  public String code() {
    return code;
  }

  /**
   * The HTTP status.
   *
   * @return 400 to 599
   */
  public int status() {
    return status;
  }

  /**
   * The message.
   *
   * @return for people
   */
  public String text() {
    return String.valueOf(getMessage());
  }
}
