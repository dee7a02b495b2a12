package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Times as S3 writes and reads them: in headers like HTTP, in XML like ISO 8601. */
final class Times {

  private static final DateTimeFormatter HTTP =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private Times() {}

  static String http(Instant time) {
    return HTTP.format(time);
  }

  static String iso(Instant time) {
    return ISO.format(time);
  }

  /** A condition's date; one that cannot be read is no condition, as HTTP has it. */
  static Optional<Instant> condition(String text) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static Instant parseIso(String text) {
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME
          .parse(text, Instant::from)
          .truncatedTo(ChronoUnit.MILLIS);
    } catch (DateTimeException e) {
      throw AwsError.badRequest("InvalidArgument", "The date is not valid: " + text);
    }
  }
}
