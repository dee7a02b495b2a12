package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of an object's bytes.
 *
 * @param from the first byte
 * @param length how many
 */
record ByteRange(long from, long length) {

  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /** The range of a header; one that is not a single range is not heeded, as S3 does it. */
  static Optional<ByteRange> parse(String header, long size) {
    Matcher range = RANGE.matcher(header.replace(" ", ""));
    if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
      return Optional.empty();
    }
    if (range.group(1).isEmpty()) {
      long last = Math.min(size, Long.parseLong(range.group(2)));
      return Optional.of(satisfiable(size - last, last, size));
    }
    long from = Long.parseLong(range.group(1));
    long to = range.group(2).isEmpty() ? size - 1 : Long.parseLong(range.group(2));
    if (!range.group(2).isEmpty() && to < from) {
      return Optional.empty();
    }
    return Optional.of(satisfiable(from, Math.min(to, size - 1) - from + 1, size));
  }

  private static ByteRange satisfiable(long from, long length, long size) {
    if (from >= size || length <= 0) {
      throw new AwsError("InvalidRange", 416, "The requested range is not satisfiable")
          .with("ActualObjectSize", Long.toString(size));
    }
    return new ByteRange(from, length);
  }

  String contentRange(long size) {
    return "bytes " + from + "-" + (from + length - 1) + "/" + size;
  }
}
