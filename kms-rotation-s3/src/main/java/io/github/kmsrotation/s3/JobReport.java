package io.github.kmsrotation.s3;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.plan.StepContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Reads completion reports, whose bytes are seen to be those that AWS wrote by the MD5 digests that
 * come with them. Memory holds a piece of a few MiB.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html">Examples
 *     of completion reports</a>
 */
final class JobReport {

  /** Larger than any row: a key of 1,024 bytes is at most thrice that when it is encoded. */
  private static final int PIECE = 1 << 20;

  private final StepContext context;
  private final S3Api api;
  private final String bucket;
  private final String folder;

  JobReport(StepContext context, S3Step.Env env, BatchPlan batch, String jobId) {
    this.context = context;
    this.api = env.api();
    this.bucket = batch.bucket();
    this.folder = batch.prefix() + "job-" + jobId + "/";
  }

  /** A file of a report, as it is now, and the digest that it had when AWS wrote it. */
  record File(String bucket, String key, long size, String etag, String md5) {}

  /** Rows, and where the next begin; nothing if there are no more. */
  record Rows(List<FailedTask> tasks, Optional<Long> next) {}

  /**
   * The files about tasks that failed; nothing if the report is not there.
   *
   * @throws UnexpectedAnswerException if one of them is not there, or the list of them is not what
   *     AWS wrote
   */
  Optional<List<File>> failures() {
    Optional<File> manifest = file(bucket, folder + "manifest.json", "");
    if (manifest.isEmpty()) {
      return Optional.empty();
    }
    byte[] json = read(manifest.get(), 0, manifest.get().size());
    file(bucket, folder + "manifest.json.md5", "").ifPresent(file -> requireDigest(file, json));
    List<File> files = new ArrayList<>();
    for (Map<?, ?> result : results(json)) {
      if ("failed".equals(result.get("TaskExecutionStatus"))) {
        files.add(named(result));
      }
    }
    return Optional.of(files);
  }

  private void requireDigest(File digest, byte[] json) {
    String expected =
        new String(read(digest, 0, digest.size()), StandardCharsets.UTF_8)
            .replace("\"", "")
            .strip();
    MessageDigest md5 = md5();
    md5.update(json);
    requireSame(folder + "manifest.json", expected, md5);
  }

  private static List<Map<?, ?>> results(byte[] json) {
    List<Map<?, ?>> results = new ArrayList<>();
    try {
      if (JSON.std.mapFrom(json).get("Results") instanceof List<?> list) {
        for (Object result : list) {
          results.add((Map<?, ?>) result);
        }
      }
      return results;
    } catch (IOException | ClassCastException e) {
      throw new UnexpectedAnswerException("A completion report's manifest.json is not JSON", e);
    }
  }

  private File named(Map<?, ?> result) {
    String in = String.valueOf(result.get("Bucket"));
    String key = String.valueOf(result.get("Key"));
    return file(in, key, String.valueOf(result.get("MD5Checksum")))
        .orElseThrow(
            () ->
                new UnexpectedAnswerException(
                    "The completion report names " + in + "/" + key + ", which is not there."));
  }

  /**
   * Reads a file to its end.
   *
   * @throws UnexpectedAnswerException if it is not what AWS wrote
   */
  void requireUnchanged(File file) {
    MessageDigest md5 = md5();
    for (long at = 0; at < file.size(); at += PIECE) {
      md5.update(read(file, at, Math.min(PIECE, file.size() - at)));
    }
    requireSame(file.key(), file.md5(), md5);
  }

  private static void requireSame(String key, String expected, MessageDigest md5) {
    String found = HexFormat.of().formatHex(md5.digest());
    if (!found.equalsIgnoreCase(expected)) {
      throw new UnexpectedAnswerException(
          key
              + " is not what AWS wrote: its MD5 digest is "
              + found
              + ", not "
              + expected
              + ". Somebody may have changed it.");
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<File> file(String in, String key, String digest) {
    HeadObjectRequest request = HeadObjectRequest.builder().bucket(in).key(key).build();
    try {
      HeadObjectResponse head = context.read("s3:GetObject", () -> api.headObject(request));
      return Optional.of(
          new File(
              in, key, head.contentLength(), Objects.requireNonNull(head.eTag(), "ETag"), digest));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private byte[] read(File file, long from, long length) {
    if (length == 0) {
      return new byte[0];
    }
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(file.bucket())
            .key(file.key())
            .ifMatch(file.etag())
            .range("bytes=" + from + "-" + (from + length - 1))
            .build();
    return context.read("s3:GetObject", () -> api.getObject(request));
  }

  /** Some of a file's rows, from where one begins. */
  Rows rows(File file, long from) {
    long length = Math.min(PIECE, file.size() - from);
    boolean isLast = from + length == file.size();
    List<CsvRows.Row> rows = CsvRows.of(read(file, from, length), isLast);
    if (rows.isEmpty() && !isLast) {
      throw new UnexpectedAnswerException(
          "A row of " + file.key() + " is longer than " + PIECE + " bytes.");
    }
    List<FailedTask> tasks = rows.stream().map(row -> FailedTask.of(row.values())).toList();
    return new Rows(
        tasks, isLast ? Optional.empty() : Optional.of(from + rows.get(rows.size() - 1).end()));
  }
}
