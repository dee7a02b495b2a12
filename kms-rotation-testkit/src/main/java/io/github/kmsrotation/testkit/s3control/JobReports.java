package io.github.kmsrotation.testkit.s3control;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.testkit.s3.Xml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Completion reports. The columns of status and error code stand in the order of AWS's example
 * lines, which is not that of its example schema; both are written as AWS shows them.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html">Examples
 *     of completion reports</a>
 */
final class JobReports {

  private static final String FORMAT = "Report_CSV_20180820";

  private final S3Calls s3;

  JobReports(S3Calls s3) {
    this.s3 = s3;
  }

  void write(Job job, Instant now) {
    Xml report = job.request.child("Report").orElseThrow();
    if (!report.required("Enabled").equals("true") || job.results.isEmpty()) {
      return;
    }
    String bucket = Arns.bucket(report.required("Bucket"));
    String prefix = report.value("Prefix").map(p -> p + "/").orElse("") + "job-" + job.id;
    List<Map<String, Object>> results = new ArrayList<>();
    if (report.value("ReportScope").equals(Optional.of("AllTasks"))) {
      results(job, bucket, prefix, true).ifPresent(results::add);
    }
    results(job, bucket, prefix, false).ifPresent(results::add);
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("Format", FORMAT);
    manifest.put("ReportCreationDate", now.toString());
    manifest.put("Results", results);
    manifest.put(
        "ReportSchema",
        "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage");
    try {
      byte[] json = JSON.std.asBytes(manifest);
      put(job, bucket, prefix + "/manifest.json", json);
      put(
          job,
          bucket,
          prefix + "/manifest.json.md5",
          Md5.hex(json).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Map<String, Object>> results(
      Job job, String bucket, String prefix, boolean succeeded) {
    StringBuilder csv = new StringBuilder();
    for (Job.Result result : job.results) {
      if (result.hasSucceeded() == succeeded) {
        csv.append(
            Csv.line(
                result.task().bucket(),
                S3Calls.encode(result.task().key()),
                result.task().versionId().orElse(""),
                succeeded ? "succeeded" : "failed",
                Integer.toString(result.status()),
                result.errorCode(),
                result.message()));
      }
    }
    if (csv.isEmpty()) {
      return Optional.empty();
    }
    byte[] bytes = csv.toString().getBytes(StandardCharsets.UTF_8);
    String key =
        prefix
            + "/results/"
            + Md5.hex((job.id + succeeded).getBytes(StandardCharsets.UTF_8))
            + ".csv";
    put(job, bucket, key, bytes);
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("TaskExecutionStatus", succeeded ? "succeeded" : "failed");
    entry.put("Bucket", bucket);
    entry.put("MD5Checksum", Md5.hex(bytes));
    entry.put("Key", key);
    return Optional.of(entry);
  }

  /** Reports are encrypted by S3, whatever the bucket's default. */
  private void put(Job job, String bucket, String key, byte[] bytes) {
    s3.call("PUT", job.region, bucket, key)
        .header("x-amz-server-side-encryption", "AES256")
        .body(bytes)
        .send();
  }
}
