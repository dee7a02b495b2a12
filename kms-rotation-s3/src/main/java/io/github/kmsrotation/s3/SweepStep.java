package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Progress;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.s3.Finding.Verdict;
import io.github.kmsrotation.s3.VersionListing.Batch;
import io.github.kmsrotation.s3.VersionListing.Marker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Goes through all versions of all objects once, a batch at each look, and notes after each how far
 * it is, so that a killed run goes on with the batch that it was at. Memory does not grow with the
 * number of objects.
 */
abstract class SweepStep extends S3Step {

  private static final Duration AT_ONCE = Duration.ofMillis(1);

  /** It waits for nothing but its own work, which may take weeks. */
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(3650);

  private static final String TOTAL = "total";

  final Pace pace;
  private final VersionListing listing;
  private final Counting counting;
  private final Speed speed = new Speed();

  SweepStep(StepDescription description, Env env) {
    super(description, env);
    this.pace = new Pace(env.options().concurrency());
    this.listing = new VersionListing(env);
    this.counting = new Counting(listing, env.workers());
  }

  @Override
  public final StepOutcome advance(StepContext context) {
    Optional<StepOutcome> takenOver = DefaultEncryptionStep.takenOver(env, context);
    if (takenOver.isPresent()) {
      return takenOver.get();
    }
    Facts noted = context.lastCheckpoint();
    Tally tally = Tally.of(noted);
    ObjectReport report = report();
    Marker from = new Marker(noted.find("key").orElse(""), noted.find("versionId").orElse(""));
    long number = Long.parseLong(noted.find("batch").orElse("1"));
    speed.note(context.clock().instant(), tally.all());
    Batch batch = listing.after(from, context);
    List<Finding> findings = process(context, number, batch.versions());
    for (int i = 0; i < findings.size(); i++) {
      tally.add(batch.versions().get(i), findings.get(i));
      report.add(batch.versions().get(i), findings.get(i));
    }
    long reported = report.flush(Long.parseLong(noted.find("reportBytes").orElse("0")));
    if (batch.next().isEmpty()) {
      return finish(context, tally);
    }
    Map<String, String> progress = tally.toFacts();
    progress.put("key", batch.next().get().key());
    progress.put("versionId", batch.next().get().versionId());
    progress.put("batch", Long.toString(number + 1));
    progress.put("reportBytes", Long.toString(reported));
    OptionalLong total = total(context, noted);
    total.ifPresent(all -> progress.put(TOTAL, Long.toString(all)));
    context.checkpoint(Facts.of(progress));
    return StepOutcome.waiting(
        new Condition(
            "s3:AllVersionsSeen",
            env.plan().targetId(),
            seen(told(context, tally, total), tally),
            AT_ONCE,
            AS_LONG_AS_IT_TAKES));
  }

  /** Each of them, in their order. */
  abstract List<Finding> process(StepContext context, long number, List<VersionRef> versions);

  abstract StepOutcome finish(StepContext context, Tally tally);

  abstract ObjectReport report();

  final StepOutcome finishMoving(StepContext context, Tally tally) {
    return moved(context, env, tally, report());
  }

  /** Done, unless AWS refused some and that is not accepted. */
  static StepOutcome moved(StepContext context, Env env, Tally tally, ObjectReport report) {
    long failed = tally.count(Verdict.FAILED);
    if (failed > 0 && !env.options().isLeavingObjectsAccepted()) {
      context.checkpoint(Facts.none());
      return StepOutcome.blocked(
          "All "
              + tally.all()
              + " versions were gone through, and AWS refused "
              + failed
              + " of them. The first that were not moved: "
              + String.join("; ", tally.named()),
          "Mend what AWS says and resume: all versions are looked at again, and those under the new"
              + " key left alone. Or go on without them: S3Options.iAcceptThatSomeObjectsStay().");
    }
    Map<String, String> facts = tally.toFacts();
    report.file().ifPresent(file -> facts.put("report", file.toString()));
    return StepOutcome.done(Facts.of(facts));
  }

  /** Sends a batch: the journal tells of it, and not of its objects. */
  final List<Finding> send(
      StepContext context,
      String operation,
      long number,
      List<VersionRef> versions,
      Function<VersionRef, Finding> work) {
    return versions.isEmpty()
        ? List.of()
        : context.mutate(
            operation, env.plan().targetId() + ", batch " + number, () -> each(versions, work));
  }

  /** Several at once; in their order. */
  final List<Finding> each(List<VersionRef> versions, Function<VersionRef, Finding> work) {
    Finding[] findings = new Finding[versions.size()];
    List<Integer> places = IntStream.range(0, findings.length).boxed().toList();
    env.workers().each(places, i -> findings[i] = work.apply(versions.get(i)));
    return List.of(findings);
  }

  /** As an earlier sweep of the run has seen it, or this one has counted it. */
  private OptionalLong total(StepContext context, Facts noted) {
    OptionalLong known =
        Stream.concat(
                noted.find(TOTAL).map(Long::valueOf).stream(),
                Stream.of(ReencryptStep.ID)
                    .map(id -> Tally.of(context.factsOf(id)).all())
                    .filter(all -> all > 0))
            .mapToLong(Long::longValue)
            .findFirst();
    if (known.isEmpty()) {
      counting.begin(context);
    }
    return known.isPresent() ? known : counting.result();
  }

  private Progress told(StepContext context, Tally tally, OptionalLong total) {
    speed.note(context.clock().instant(), tally.all());
    OptionalLong atLeast =
        total.stream().map(all -> Math.max(all, tally.all())).findFirst(); // some came meanwhile
    Progress progress =
        new Progress(tally.all(), atLeast, tally.bytes(), speed.perSecond(), speed.endOf(atLeast));
    context.progress(progress);
    return progress;
  }

  private String seen(Progress progress, Tally tally) {
    String text =
        String.format(
            "%s; %,d of them moved, %,d left",
            progress.describe(),
            tally.count(Verdict.MOVED) + tally.count(Verdict.REWRITTEN),
            tally.reported());
    return pace.allowed() < env.options().concurrency()
        ? text + ", throttled to " + pace.allowed() + " calls at once"
        : text;
  }
}
