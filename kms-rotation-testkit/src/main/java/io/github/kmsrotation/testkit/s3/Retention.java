package io.github.kmsrotation.testkit.s3;

import java.time.Instant;

/**
 * A retention period of Object Lock.
 *
 * @param isCompliance whether nobody can shorten it
 * @param until its end
 */
record Retention(boolean isCompliance, Instant until) {

  static final String GOVERNANCE = "GOVERNANCE";
  static final String COMPLIANCE = "COMPLIANCE";

  static Retention of(String mode, Instant until) {
    if (!mode.equals(GOVERNANCE) && !mode.equals(COMPLIANCE)) {
      throw S3Errors.malformedXml();
    }
    return new Retention(mode.equals(COMPLIANCE), until);
  }

  String mode() {
    return isCompliance ? COMPLIANCE : GOVERNANCE;
  }

  boolean isActive(Instant now) {
    return now.isBefore(until);
  }
}
