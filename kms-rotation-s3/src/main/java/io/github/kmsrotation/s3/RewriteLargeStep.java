package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.s3.Rewriting.Rewritten;
import io.github.kmsrotation.s3.Uploads.Left;
import io.github.kmsrotation.s3.VersionListing.Batch;
import io.github.kmsrotation.s3.VersionListing.Marker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Rewrites what is too large for one call, one object after the other and the parts of each several
 * at once. The list of versions tells sizes, so no other object is looked at. A run that was killed
 * goes on after the last object that is done, and gives up the upload that it was at.
 */
final class RewriteLargeStep extends S3Step {

  static final String ID = "rewrite-large";

  /** The fact that names uploads which may be somebody else's. */
  static final String UPLOADS_LEFT = "uploadsLeft";

  private static final int MOST_NAMED = 20;

  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(3650);

  private final Pace pace;
  private final VersionListing listing;
  private final Uploads uploads;
  private Optional<Stretch> stretch = Optional.empty();

  RewriteLargeStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Copy what the step before would, and is larger than 5 GiB, to its own place in parts:"
                + " its ETag becomes one of parts",
            Phase.COPY,
            List.of(Uploads.BEGIN, Uploads.ABORT),
            List.of(),
            Undo.KEPT),
        env);
    this.pace = new Pace(env.options().concurrency());
    this.listing = new VersionListing(env);
    this.uploads = new Uploads(env);
  }

  /** What of a batch is left to do, and after which version the next begins. */
  private record Stretch(Deque<VersionRef> large, Optional<Marker> next) {}

  @Override
  public StepOutcome advance(StepContext context) {
    Facts noted = context.lastCheckpoint();
    Marker from = new Marker(noted.find("key").orElse(""), noted.find("versionId").orElse(""));
    Stretch now = stretch.orElseGet(() -> large(listing.after(from, context)));
    stretch = Optional.of(now);
    VersionRef version = now.large().poll();
    if (version != null) {
      return copy(context, version, noted);
    }
    if (now.next().isPresent()) {
      stretch = Optional.empty();
      return goOn(context, now.next().get(), Tally.of(noted), noted);
    }
    return end(context, Tally.of(noted));
  }

  private Stretch large(Batch batch) {
    Deque<VersionRef> large = new ArrayDeque<>();
    batch.versions().stream()
        .filter(VersionRef::isLatest)
        .filter(version -> version.size() > env.options().copyLimits().mostAtOnce())
        .forEach(large::add);
    return new Stretch(large, batch.next());
  }

  private StepOutcome copy(StepContext context, VersionRef version, Facts noted) {
    Rewritten done;
    try {
      done = new LargeCopy(env, pace, context).copy(version);
    } catch (RuntimeException e) {
      stretch = Optional.empty(); // the runner calls again, and this one is not done
      throw e;
    }
    SupersededFile.of(env)
        .ifPresent(
            file -> {
              done.superseded().ifPresent(file::add);
              file.force();
            });
    Tally tally = Tally.of(noted);
    tally.add(version, done.finding());
    ObjectReport report = report();
    report.add(version, done.finding());
    long reported = report.flush(Long.parseLong(noted.find("reportBytes").orElse("0")));
    Map<String, String> progress = Map.of("reportBytes", Long.toString(reported));
    return goOn(context, new Marker(version.key(), version.versionId()), tally, Facts.of(progress));
  }

  private StepOutcome goOn(StepContext context, Marker after, Tally tally, Facts noted) {
    Map<String, String> progress = tally.toFacts();
    progress.put("key", after.key());
    progress.put("versionId", after.versionId());
    progress.put("reportBytes", noted.find("reportBytes").orElse("0"));
    context.checkpoint(Facts.of(progress));
    String seen = String.format("%,d large objects of %,d bytes seen", tally.all(), tally.bytes());
    return waiting("s3:LargeObjectsCopied", seen, AT_ONCE);
  }

  private StepOutcome end(StepContext context, Tally tally) {
    List<String> untold = List.of();
    if (tally.all() > 0) {
      Left left = uploads.abortLeft(context);
      if (left.until().isPresent()) {
        return waitingFor(left.until().get());
      }
      untold = left.untold();
    } else {
      report().flush(0);
    }
    stretch = Optional.empty();
    StepOutcome moved = SweepStep.moved(context, env, tally, report());
    if (moved instanceof StepOutcome.Done done && !untold.isEmpty()) {
      Map<String, String> facts = new TreeMap<>(done.facts().values());
      facts.put(UPLOADS_LEFT, named(untold));
      return StepOutcome.done(Facts.of(facts));
    }
    return moved;
  }

  private static String named(List<String> untold) {
    return untold.size()
        + " multipart uploads that may be of this run or of somebody else, and were not aborted: "
        + String.join("; ", untold.subList(0, Math.min(untold.size(), MOST_NAMED)));
  }

  private StepOutcome waitingFor(Instant at) {
    return waiting("s3:UploadIsNobodys", "an empty upload, until " + at, LOOK_AGAIN);
  }

  private StepOutcome waiting(String what, String seen, Duration poll) {
    return StepOutcome.waiting(
        new Condition(what, env.plan().targetId(), seen, poll, AS_LONG_AS_IT_TAKES));
  }

  private ObjectReport report() {
    return ObjectReport.of(env, "large-not-rewritten");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    boolean copiedNothing =
        Tally.of(context.factsOf(ID)).all() == 0 && context.factsOf(ID).find("bytes").isPresent();
    Left left = copiedNothing ? new Left(Optional.empty(), List.of()) : uploads.abortLeft(context);
    if (left.until().isPresent()) {
      return waitingFor(left.until().get());
    }
    String kept =
        "large objects that were rewritten stay under "
            + env.keyArn()
            + ", which has to stay usable";
    return StepOutcome.done(
        Facts.of(
            Map.of(
                Facts.KEPT, left.untold().isEmpty() ? kept : kept + "; " + named(left.untold()))));
  }
}
