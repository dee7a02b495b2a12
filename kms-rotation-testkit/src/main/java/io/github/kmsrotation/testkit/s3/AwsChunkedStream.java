package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A body in chunks, each with its length and, if the payload is signed, a signature, which is not
 * checked; after the last one come trailers.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html">Signature
 *     calculations for trailers</a>
 */
final class AwsChunkedStream extends InputStream {

  private static final int LONGEST_LINE = 16 * 1024;

  private final InputStream in;
  private final Map<String, String> trailers = new TreeMap<>();
  private long left;
  private boolean isFirst = true;
  private boolean isEnded;

  AwsChunkedStream(InputStream in) {
    this.in = in;
  }

  /** By name in lower case; complete when all bytes were read. */
  Map<String, String> trailers() {
    return trailers;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !isEnded) {
      nextChunk();
    }
    if (isEnded) {
      return -1;
    }
    int read = in.read(bytes, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw incomplete();
    }
    left -= read;
    return read;
  }

  private void nextChunk() throws IOException {
    if (!isFirst && !line().isEmpty()) {
      throw incomplete();
    }
    isFirst = false;
    String head = line();
    int semicolon = head.indexOf(';');
    try {
      left = Long.parseLong(semicolon < 0 ? head : head.substring(0, semicolon), 16);
    } catch (NumberFormatException e) {
      throw incomplete();
    }
    if (left == 0) {
      isEnded = true;
      readTrailers();
    }
  }

  private void readTrailers() throws IOException {
    String line = line();
    while (!line.isEmpty()) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw AwsError.badRequest(
            "MalformedTrailerError",
            "The request contained trailing data"
                + " that was not well-formed or did not conform to our published schema.");
      }
      trailers.put(
          line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
      line = line();
    }
  }

  /** A line, of which some clients end the last one with nothing. */
  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    while (b >= 0 && b != '\n' && line.size() < LONGEST_LINE) {
      if (b != '\r') {
        line.write(b);
      }
      b = in.read();
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private static AwsError incomplete() {
    return AwsError.badRequest(
        "IncompleteBody",
        "The request body terminated unexpectedly or its chunks are not well-formed.");
  }
}
