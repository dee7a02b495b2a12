package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.s3.ReplicationFinding.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares every version and delete marker of the source with its replica, then counts what the
 * destination has, and names what it has alone. Passed, it means that all was the same when it was
 * looked at.
 */
final class ReplicationCompareStep extends ReplicationStep {

  static final String ID = "compare-buckets";
  static final String SINCE = "comparedSince";
  private static final String SOURCE = "source.";
  private static final String PART = "part";

  /** What it goes through, one after the other. */
  private enum Part {
    SOURCE,
    COUNT,
    EXTRAS
  }

  private final ReplicationSweep sweep;
  private final ReplicationLook look;

  ReplicationCompareStep(Env env, ReplicationSetup setup) {
    super(
        new StepDescription(
            ID,
            "Compare every version and delete marker with its replica: size, checksum, metadata,"
                + " tags, ACL, lock, and that it is under the new key",
            Phase.VERIFY,
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
    Facts noted = context.lastCheckpoint();
    Instant since =
        noted.find(SINCE).map(Instant::parse).orElseGet(() -> context.clock().instant());
    Map<String, String> keep = new TreeMap<>();
    keep.put(SINCE, since.toString());
    Part part = noted.find(PART).map(Part::valueOf).orElse(Part.SOURCE);
    keep.put(PART, part.name());
    noted.values().forEach((name, value) -> keepSource(keep, name, value));
    return switch (part) {
      case SOURCE -> compare(context, keep);
      case COUNT -> count(context, keep);
      case EXTRAS -> extras(context, keep);
    };
  }

  private static void keepSource(Map<String, String> keep, String name, String value) {
    if (name.startsWith(SOURCE)) {
      keep.put(name, value);
    }
  }

  private static ReplicationTally ofSource(Map<String, String> keep) {
    Map<String, String> facts = new TreeMap<>();
    keep.forEach(
        (name, value) -> {
          if (name.startsWith(SOURCE)) {
            facts.put(name.substring(SOURCE.length()), value);
          }
        });
    return ReplicationTally.of(Facts.of(facts));
  }

  private StepOutcome compare(StepContext context, Map<String, String> keep) {
    ObjectReport report = ObjectReport.of(env, "comparison");
    ReplicationSweep.Pass pass =
        sweep.advance(context, keep, env.bucket().name(), look::compare, report);
    ReplicationTally tally = pass.tally();
    String seen =
        String.format(
            "%,d versions compared, %,d of them pending, %,d to report",
            tally.all(), tally.count(Verdict.PENDING), tally.reported());
    if (!pass.isOver()) {
      return waitFor("s3:BucketsCompared", seen, AT_ONCE);
    }
    if (tally.count(Verdict.PENDING) > 0) {
      context.checkpoint(Facts.none());
      return waitFor("s3:BucketsCompared", seen, LAG);
    }
    keep.put(PART, Part.COUNT.name());
    tally.toFacts().forEach((name, value) -> keep.put(SOURCE + name, value));
    context.checkpoint(Facts.of(keep));
    return waitFor("s3:BucketsCompared", seen, AT_ONCE);
  }

  /** Costs no call for an object, and finds nothing to name in most runs. */
  private StepOutcome count(StepContext context, Map<String, String> keep) {
    ReplicationSweep.Pass pass =
        sweep.advance(
            context,
            keep,
            setup.destination(),
            entry -> new ReplicationFinding(Verdict.PASSED_OVER),
            ObjectReport.none(env));
    String seen = String.format("%,d versions counted in the destination", pass.tally().all());
    if (!pass.isOver()) {
      return waitFor("s3:BucketsCompared", seen, AT_ONCE);
    }
    ReplicationTally source = ofSource(keep);
    long replicas =
        source.all()
            - source.count(Verdict.GONE)
            - source.count(Verdict.FAILED)
            - source.count(Verdict.NOT_REPLICATED);
    if (pass.tally().all() <= replicas) {
      return finish(context, source, new ReplicationTally(), keep);
    }
    keep.put(PART, Part.EXTRAS.name());
    context.checkpoint(Facts.of(keep));
    return waitFor("s3:BucketsCompared", seen, AT_ONCE);
  }

  private StepOutcome extras(StepContext context, Map<String, String> keep) {
    ReplicationSweep.Pass pass =
        sweep.advance(
            context,
            keep,
            setup.destination(),
            look::extra,
            ObjectReport.of(env, setup.destination(), "extras"));
    return pass.isOver()
        ? finish(context, ofSource(keep), pass.tally(), keep)
        : waitFor(
            "s3:BucketsCompared",
            String.format("%,d versions of the destination looked up", pass.tally().all()),
            AT_ONCE);
  }

  private StepOutcome finish(
      StepContext context,
      ReplicationTally source,
      ReplicationTally extras,
      Map<String, String> keep) {
    boolean areExtrasAccepted = setup.otherObjectsAccepted();
    long extra = extras.reported();
    long left = source.reported();
    boolean isLeftAccepted = env.options().isLeavingObjectsAccepted();
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(
        new Evidence(
            "versions and delete markers of the source that are not the same in the destination"
                + " under the new key",
            Long.toString(isLeftAccepted ? left : 0),
            Long.toString(left)));
    evidence.add(
        new Evidence(
            "versions that the destination has alone",
            Long.toString(areExtrasAccepted || isLeftAccepted ? extra : 0),
            Long.toString(extra)));
    evidence.add(counted("versions and delete markers that are the same", source, Verdict.SAME));
    for (Verdict verdict : Verdict.values()) {
      if (verdict.isReported() && source.count(verdict) > 0) {
        evidence.add(counted(verdict.words(), source, verdict));
      }
    }
    boolean isPassed = evidence.get(0).matches() && evidence.get(1).matches();
    if (!isPassed) {
      context.checkpoint(Facts.none());
      return new StepOutcome.Blocked(
          "Of "
              + source.all()
              + " versions and delete markers "
              + left
              + " are not the same in bucket '"
              + setup.destination()
              + "' under the new key, which has "
              + extra
              + " that the source has not. The first: "
              + String.join("; ", source.named(), extras.named()),
          "What is archived has to be restored and copied to another storage class first. What is"
              + " not under the new key, as replicas of objects under S3's own keys and under"
              + " customer-provided keys never are, can be moved by a plan for the source before,"
              + " or for the destination after. What was deleted by version in the source since"
              + " stays in the destination: delete it there. Then resume, and all is compared"
              + " again. Or go on with it as it is: S3Options.iAcceptThatSomeObjectsStay().",
          evidence);
    }
    Map<String, String> facts = new TreeMap<>(source.toFacts());
    facts.put(SINCE, keep.getOrDefault(SINCE, ""));
    return new StepOutcome.Done(Facts.of(facts), evidence);
  }

  private static Evidence counted(String subject, ReplicationTally tally, Verdict verdict) {
    String count = Long.toString(tally.count(verdict));
    return new Evidence(subject, count, count);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
