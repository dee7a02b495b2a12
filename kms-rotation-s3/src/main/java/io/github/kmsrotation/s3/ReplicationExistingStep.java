package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.s3.ReplicationFinding.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobFailure;
import software.amazon.awssdk.services.s3control.model.JobStatus;

/**
 * Has a job replicate what was there before the rule, then follows the status of every version
 * until S3 is at none any more. What failed is named; resumed, another job tries it again.
 */
final class ReplicationExistingStep extends ReplicationStep {

  static final String ID = "replicate-existing";
  private static final String ATTEMPT = "attempt";
  private static final String JOB = "job";
  private static final String TOLD = "jobTold";
  private static final Duration POLL = Duration.ofSeconds(30);

  private final ReplicationJob job;
  private final ReplicationSweep sweep;
  private final ReplicationLook look;

  ReplicationExistingStep(Env env, ReplicationSetup setup) {
    super(
        new StepDescription(
            ID,
            "Have S3 Batch Operations replicate the versions and delete markers that are there, and"
                + " follow their replication to the end",
            Phase.COPY,
            List.of(ReplicationJob.CREATE),
            List.of(ReplicationJob.CANCEL),
            List.of("replicas in bucket '" + setup.destination() + "'"),
            Undo.UNDOABLE),
        env,
        setup);
    this.job = new ReplicationJob(env, setup);
    this.sweep = new ReplicationSweep(env);
    this.look = new ReplicationLook(env, setup, new Pace(env.options().concurrency()));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Facts noted = context.lastCheckpoint();
    int attempt = Integer.parseInt(noted.find(ATTEMPT).orElse("1"));
    Map<String, String> keep = new TreeMap<>();
    keep.put(ATTEMPT, Integer.toString(attempt));
    if (noted.find(TOLD).isPresent()) {
      keep.put(JOB, noted.find(JOB).orElse(""));
      keep.put(TOLD, noted.find(TOLD).get());
      return follow(context, attempt, keep);
    }
    if (noted.find(JOB).isEmpty()) {
      keep.put(JOB, job.findOrCreate(context, attempt));
      context.checkpoint(Facts.of(keep));
    }
    String id = noted.find(JOB).orElseGet(() -> keep.get(JOB));
    JobDescriptor now = job.describe(context, id);
    if (!ReplicationJob.isEnded(now.status())) {
      return waitFor("s3:JobEnded", id + " " + inWords(now), POLL);
    }
    keep.put(JOB, id);
    keep.put(TOLD, inWords(now));
    context.checkpoint(Facts.of(keep));
    return waitFor("s3:ReplicationFollowed", inWords(now), AT_ONCE);
  }

  private static String inWords(JobDescriptor now) {
    String tasks =
        now.progressSummary() == null
            ? ""
            : String.format(
                ", %,d of %,d tasks succeeded, %,d failed",
                now.progressSummary().numberOfTasksSucceeded(),
                now.progressSummary().totalNumberOfTasks(),
                now.progressSummary().numberOfTasksFailed());
    String reasons =
        now.status() == JobStatus.FAILED
            ? now.failureReasons().stream()
                .map(JobFailure::failureReason)
                .collect(Collectors.joining(", ", ": ", ""))
            : "";
    return now.statusAsString() + tasks + reasons;
  }

  /** A job that was cancelled, or found nothing to do, may have left all replicated or nothing. */
  private StepOutcome follow(StepContext context, int attempt, Map<String, String> keep) {
    ObjectReport report = ObjectReport.of(env, "replication");
    ReplicationSweep.Pass pass =
        sweep.advance(context, keep, env.bucket().name(), look::status, report);
    ReplicationTally tally = pass.tally();
    String seen =
        String.format(
            "%,d versions looked at, %,d of them pending, %,d failed",
            tally.all(), tally.count(Verdict.PENDING), tally.count(Verdict.FAILED));
    if (!pass.isOver()) {
      return waitFor("s3:ReplicationFollowed", seen, AT_ONCE);
    }
    context.checkpoint(Facts.of(keep));
    if (tally.count(Verdict.PENDING) > 0) {
      return waitFor("s3:ReplicationFollowed", seen, LAG);
    }
    if (tally.reported() > 0 && !env.options().isLeavingObjectsAccepted()) {
      context.checkpoint(Facts.of(Map.of(ATTEMPT, Integer.toString(attempt + 1))));
      return failed(tally, keep);
    }
    Map<String, String> facts = new TreeMap<>(tally.toFacts());
    facts.put(JOB, keep.getOrDefault(JOB, ""));
    report.file().ifPresent(file -> facts.put("report", file.toString()));
    return StepOutcome.done(Facts.of(facts));
  }

  private StepOutcome failed(ReplicationTally tally, Map<String, String> keep) {
    return StepOutcome.blocked(
        "Of "
            + tally.all()
            + " versions and delete markers "
            + tally.reported()
            + " were not replicated to '"
            + setup.destination()
            + "'. Job "
            + keep.get(JOB)
            + " ended "
            + keep.get(TOLD)
            + ". The first: "
            + tally.named(),
        "Mend what hinders S3, most often a permission of the role, the key's policy or the"
            + " destination's policy"
            + setup
                .reports()
                .map(b -> "; the reasons stand in the job's report in bucket '" + b + "'")
                .orElse(" (the job tells reasons where Replication.reportsIn(...) says)")
            + ". Then resume: another job tries them again. Or go on without them:"
            + " S3Options.iAcceptThatSomeObjectsStay().");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    if (!job.cancel(context)) {
      return waitFor("s3:JobEnded", "being cancelled", POLL);
    }
    return StepOutcome.done(
        Facts.of(
            Map.of(
                Facts.KEPT,
                "replicas stay in bucket '" + setup.destination() + "' under " + env.keyArn())));
  }
}
