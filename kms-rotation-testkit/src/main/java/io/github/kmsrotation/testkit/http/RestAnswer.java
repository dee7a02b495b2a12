package io.github.kmsrotation.testkit.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * An answer whose body is written while it is made.
 *
 * @param status the HTTP status
 * @param headers names and values
 * @param length of the body, in bytes
 * @param body writes so many bytes
 */
public record RestAnswer(int status, Map<String, String> headers, long length, Body body) {

  /** Writes a body. */
  public interface Body {

    /**
     * Writes all of it; not called if nobody wants to read it.
     *
     * @param out where to
     * @throws IOException if it cannot be written
     */
    void writeTo(OutputStream out) throws IOException;

    /** Lets go of what the body needs; called once, whether it was written or not. */
    default void release() {}
  }

  /** Copies the headers. */
  public RestAnswer {
    headers = Map.copyOf(headers);
  }

  /**
   * An answer that is in memory.
   *
   * @param status the HTTP status
   * @param headers names and values
   * @param bytes the body
   * @return an answer
   */
  public static RestAnswer of(int status, Map<String, String> headers, byte[] bytes) {
    return new RestAnswer(status, headers, bytes.length, out -> out.write(bytes));
  }
}
