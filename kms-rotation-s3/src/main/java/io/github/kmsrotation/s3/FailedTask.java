package io.github.kmsrotation.s3;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A task that failed, as a completion report tells of it. AWS's example lines have the status
 * before the error code, and its schema after it: whichever is a number is the status.
 *
 * @param version of which object
 * @param error AWS's code and status
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html">Examples
 *     of completion reports</a>
 */
record FailedTask(VersionRef version, String error) {

  private static final int COLUMNS = 6;

  /**
   * Reads a row.
   *
   * @throws IllegalArgumentException if it has not the columns of a report
   */
  static FailedTask of(List<String> row) {
    if (row.size() < COLUMNS) {
      throw new IllegalArgumentException("Not a row of a completion report: " + row);
    }
    String version = row.get(2);
    boolean isStatusFirst = row.get(4).matches("[0-9]{3}");
    String code = row.get(isStatusFirst ? 5 : 4);
    String status = row.get(isStatusFirst ? 4 : 5);
    return new FailedTask(
        new VersionRef(
            URLDecoder.decode(row.get(1).replace("+", "%2B"), StandardCharsets.UTF_8),
            version.isEmpty() ? "null" : version,
            version.isEmpty(),
            0),
        (code + " " + status).strip());
  }

  /** A delete marker, which has no content to move: an inventory lists those, too. */
  boolean isOfDeleteMarker() {
    return error.equals("MethodNotAllowed 405");
  }
}
