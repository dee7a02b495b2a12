package io.github.kmsrotation.testkit.s3;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A bucket's Object Lock: on for good, with a default retention or none.
 *
 * @param mode of the default retention
 * @param days of the default retention; 0 if it is in years
 * @param years of the default retention; 0 if it is in days
 */
record ObjectLock(Optional<String> mode, int days, int years) {

  static final ObjectLock WITHOUT_DEFAULT = new ObjectLock(Optional.empty(), 0, 0);

  private static final int DAYS_OF_YEAR = 365;

  static ObjectLock parse(Xml configuration) {
    configuration.allow("ObjectLockEnabled", "Rule");
    if (!configuration.value("ObjectLockEnabled").orElse("Enabled").equals("Enabled")) {
      throw S3Errors.malformedXml();
    }
    Optional<Xml> rule = configuration.child("Rule");
    if (rule.isEmpty()) {
      return WITHOUT_DEFAULT;
    }
    Xml retention =
        rule.get()
            .allow("DefaultRetention")
            .child("DefaultRetention")
            .orElseThrow(S3Errors::malformedXml)
            .allow("Mode", "Days", "Years");
    String mode = Retention.of(retention.required("Mode"), Instant.EPOCH).mode();
    int days = retention.value("Days").map(ObjectLock::number).orElse(0);
    int years = retention.value("Years").map(ObjectLock::number).orElse(0);
    if ((days == 0) == (years == 0)) {
      throw S3Errors.malformedXml();
    }
    return new ObjectLock(Optional.of(mode), days, years);
  }

  private static int number(String text) {
    if (!text.matches("[1-9][0-9]{0,4}")) {
      throw io.github.kmsrotation.testkit.http.AwsError.badRequest(
          "InvalidArgument", "Default retention period must be a positive integer value.");
    }
    return Integer.parseInt(text);
  }

  Optional<Retention> byDefault(Instant now) {
    return mode.map(
        m -> Retention.of(m, now.plus(Duration.ofDays(days + (long) years * DAYS_OF_YEAR))));
  }

  byte[] xml() {
    XmlOut out = XmlOut.of("ObjectLockConfiguration").put("ObjectLockEnabled", "Enabled");
    if (mode.isPresent()) {
      out.open("Rule").open("DefaultRetention").put("Mode", mode.get());
      if (days > 0) {
        out.put("Days", days);
      } else {
        out.put("Years", years);
      }
      out.close("DefaultRetention").close("Rule");
    }
    return out.bytes();
  }
}
