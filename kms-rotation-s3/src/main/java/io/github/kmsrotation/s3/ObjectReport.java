package io.github.kmsrotation.s3;

import io.github.kmsrotation.error.RotationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The file that lists what was not moved. What stands after the place that the run last noted is of
 * an attempt that was cut off, and is written again.
 */
final class ObjectReport {

  private final String bucket;
  private final Optional<Path> file;
  private final StringBuilder lines = new StringBuilder();

  private ObjectReport(String bucket, Optional<Path> file) {
    this.bucket = bucket;
    this.file = file;
  }

  static ObjectReport of(S3Step.Env env, String what) {
    return of(env, env.bucket().name(), what);
  }

  static ObjectReport of(S3Step.Env env, String bucket, String what) {
    return new ObjectReport(
        bucket,
        env.options()
            .reportDirectory()
            .map(directory -> directory.resolve(env.plan().runId() + "-" + what + ".csv")));
  }

  static ObjectReport none(S3Step.Env env) {
    return new ObjectReport(env.bucket().name(), Optional.empty());
  }

  Optional<Path> file() {
    return file;
  }

  void add(VersionRef version, Finding finding) {
    if (finding.verdict().isReported()) {
      add(version.key(), version.versionId(), finding.verdict().name(), finding.detail());
    }
  }

  void add(String key, String versionId, String reason, String detail) {
    if (file.isPresent()) {
      lines
          .append(bucket)
          .append(',')
          .append(encoded(key))
          .append(',')
          .append(versionId)
          .append(',')
          .append(reason)
          .append(',')
          .append(detail.replaceAll("[,\\r\\n\"]", " "))
          .append('\n');
    }
  }

  /** As manifests of S3 Batch Operations have keys. */
  static String encoded(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }

  /**
   * Writes what was added, on disk when it returns.
   *
   * @param from where to write it
   * @return where it ends
   */
  long flush(long from) {
    if (file.isEmpty()) {
      return from;
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    lines.setLength(0);
    try (FileChannel channel =
        FileChannel.open(file.get(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (channel.size() < from) {
        throw new RotationException(
            "The report "
                + file.get()
                + " is shorter than this run has written it. Give S3Options.reportIn(...) the"
                + " directory that the run was begun with, and resume.");
      }
      channel.truncate(from);
      channel.position(from);
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
      return from + bytes.length;
    } catch (IOException e) {
      throw new UncheckedIOException("The report " + file.get() + " cannot be written", e);
    }
  }
}
