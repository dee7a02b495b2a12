package io.github.kmsrotation.testkit.http;

/** An error that a service answers, with AWS's code. */
public final class AwsError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final int status;

  /**
   * @param code AWS's code on the wire
   * @param status the HTTP status
   * @param message for people
   */
  public AwsError(String code, int status, String message) {
    super(message, null, false, false);
    this.code = code;
    this.status = status;
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
