package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.StepContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;

/**
 * Goes through all versions and delete markers of a bucket, a page of the list at each look, and
 * notes after each how far it is, besides what the step itself keeps. Memory does not grow with the
 * number of objects.
 */
final class ReplicationSweep {

  private static final String KEY = "key";
  private static final String VERSION = "versionId";

  private final S3Step.Env env;

  ReplicationSweep(S3Step.Env env) {
    this.env = env;
  }

  /** A version or a delete marker, as the list tells of it. */
  record Entry(
      String key, String versionId, boolean isMarker, String storageClass, Instant modified) {}

  /** How a pass stands after a page. */
  record Pass(ReplicationTally tally, boolean isOver) {}

  /**
   * One page more. What is not over is noted; what is over is the step's to note.
   *
   * @param keep what the step keeps in its notes
   */
  Pass advance(
      StepContext context,
      Map<String, String> keep,
      String bucket,
      Function<Entry, ReplicationFinding> look,
      ObjectReport report) {
    Facts noted = context.lastCheckpoint();
    ReplicationTally tally = ReplicationTally.of(noted);
    ListObjectVersionsResponse page = page(context, bucket, noted);
    List<Entry> entries = entries(page);
    ReplicationFinding[] findings = new ReplicationFinding[entries.size()];
    env.workers()
        .each(
            IntStream.range(0, findings.length).boxed().toList(),
            i -> findings[i] = look.apply(entries.get(i)));
    for (int i = 0; i < findings.length; i++) {
      Entry entry = entries.get(i);
      tally.add(entry, findings[i]);
      if (findings[i].verdict().isReported()) {
        report.add(
            entry.key(), entry.versionId(), findings[i].verdict().name(), findings[i].detail());
      }
    }
    long reported = report.flush(Long.parseLong(noted.find("reportBytes").orElse("0")));
    if (!Boolean.TRUE.equals(page.isTruncated())) {
      return new Pass(tally, true);
    }
    Map<String, String> progress = new TreeMap<>(tally.toFacts());
    progress.putAll(keep);
    progress.put(KEY, Objects.requireNonNull(page.nextKeyMarker(), "nextKeyMarker"));
    progress.put(VERSION, Objects.requireNonNullElse(page.nextVersionIdMarker(), ""));
    progress.put("reportBytes", Long.toString(reported));
    context.checkpoint(Facts.of(progress));
    return new Pass(tally, false);
  }

  private ListObjectVersionsResponse page(StepContext context, String bucket, Facts noted) {
    ListObjectVersionsRequest.Builder request =
        ListObjectVersionsRequest.builder().bucket(bucket).encodingType(EncodingType.URL);
    env.prefix().ifPresent(request::prefix);
    noted.find(KEY).ifPresent(request::keyMarker);
    noted.find(VERSION).filter(v -> !v.isEmpty()).ifPresent(request::versionIdMarker);
    return context.read(
        "s3:ListBucketVersions", () -> env.api().listObjectVersions(request.build()));
  }

  private static List<Entry> entries(ListObjectVersionsResponse page) {
    List<Entry> entries = new ArrayList<>();
    page.versions()
        .forEach(
            v ->
                entries.add(
                    new Entry(
                        v.key(),
                        id(v.versionId()),
                        false,
                        Objects.requireNonNullElse(v.storageClassAsString(), ""),
                        v.lastModified())));
    page.deleteMarkers()
        .forEach(
            m -> entries.add(new Entry(m.key(), id(m.versionId()), true, "", m.lastModified())));
    return entries;
  }

  private static String id(@Nullable String id) {
    return Optional.ofNullable(id).orElse("null");
  }
}
