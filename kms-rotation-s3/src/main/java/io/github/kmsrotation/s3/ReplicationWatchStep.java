package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Observation;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.s3.ReplicationFinding.Verdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Waits for a while after the switch, then compares whatever was written to the source since the
 * comparison began, and names what was written after the switch: somebody writes there still. It
 * knows that by S3's dates, against the clock of the runner. Tags, ACLs and locks that were changed
 * since the comparison follow by replication, and are not compared again.
 */
final class ReplicationWatchStep extends ReplicationStep {

  static final String ID = "watch-source";
  private static final String LATE_FROM = "lateFrom";

  private final ReplicationSweep sweep;
  private final ReplicationLook look;

  ReplicationWatchStep(Env env, ReplicationSetup setup) {
    super(
        new StepDescription(
            ID,
            "Watch for writes to bucket '"
                + env.bucket().name()
                + "' after the switch; what was written since the comparison is compared, too",
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env,
        setup);
    this.sweep = new ReplicationSweep(env);
    this.look = new ReplicationLook(env, setup, new Pace(env.options().concurrency()));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Observation observation =
        env.options().replication().map(Replication::observation).orElseThrow();
    Optional<StepOutcome> rest =
        observation.rest(
            "s3:SourceWatched", env.bucket().name(), context.begunAt(), context.clock().instant());
    return rest.orElseGet(() -> look(context));
  }

  private StepOutcome look(StepContext context) {
    Instant since =
        second(context.factsOf(ReplicationCompareStep.ID).find(ReplicationCompareStep.SINCE));
    Facts noted = context.lastCheckpoint();
    Optional<String> lateFrom =
        noted
            .find(LATE_FROM)
            .or(
                () ->
                    context
                        .factsOf(ReplicationSwitchStep.ID)
                        .find(ReplicationSwitchStep.SWITCHED_AT));
    Instant switched = second(lateFrom);
    Map<String, String> keep = new TreeMap<>();
    keep.put(LATE_FROM, lateFrom.orElseThrow());
    ReplicationSweep.Pass pass =
        sweep.advance(
            context,
            keep,
            env.bucket().name(),
            entry -> look(entry, since, switched),
            ObjectReport.of(env, "late"));
    ReplicationTally tally = pass.tally();
    if (!pass.isOver()) {
      return waitFor(
          "s3:SourceWatched",
          String.format("%,d versions of the source passed", tally.all()),
          AT_ONCE);
    }
    if (tally.count(Verdict.PENDING) > 0) {
      context.checkpoint(Facts.of(keep));
      return waitFor(
          "s3:SourceWatched",
          String.format("%,d late versions pending", tally.count(Verdict.PENDING)),
          LAG);
    }
    return finish(context, tally);
  }

  /** S3 tells the time of a version in seconds. */
  private static Instant second(Optional<String> time) {
    return Instant.parse(time.orElseThrow()).truncatedTo(ChronoUnit.SECONDS);
  }

  private ReplicationFinding look(ReplicationSweep.Entry entry, Instant since, Instant switched) {
    if (entry.modified().isBefore(since)) {
      return new ReplicationFinding(Verdict.PASSED_OVER);
    }
    ReplicationFinding found = look.compare(entry);
    return found.verdict() == Verdict.SAME && entry.modified().isAfter(switched)
        ? new ReplicationFinding(Verdict.LATE, "and replicated")
        : found;
  }

  private StepOutcome finish(StepContext context, ReplicationTally tally) {
    boolean isAccepted = env.options().isLeavingObjectsAccepted();
    long reported = tally.reported();
    List<Evidence> evidence =
        List.of(
            new Evidence(
                "versions written to the source after the switch, or since the comparison and not"
                    + " the same in the destination",
                Long.toString(isAccepted ? reported : 0),
                Long.toString(reported)));
    if (reported > 0 && !isAccepted) {
      context.checkpoint(Facts.of(Map.of(LATE_FROM, context.clock().instant().toString())));
      return new StepOutcome.Blocked(
          reported
              + " versions were written to bucket '"
              + env.bucket().name()
              + "' when '"
              + setup.destination()
              + "' served already, or since the comparison and not replicated as they are. The"
              + " first: "
              + tally.named(),
          "Find who writes there and switch it. The rule replicates it still: see in the"
              + " destination that it did not take the place of a newer object of the same key."
              + " Then resume: the source is watched again. Or end the run all the same:"
              + " S3Options.iAcceptThatSomeObjectsStay().",
          evidence);
    }
    return new StepOutcome.Done(Facts.of(tally.toFacts()), evidence);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
