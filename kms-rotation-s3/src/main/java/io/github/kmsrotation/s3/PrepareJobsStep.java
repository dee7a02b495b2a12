package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.s3.JobSpec.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobStatus;

/**
 * Has jobs made, which read or make their lists and then wait to be confirmed: so whoever approves
 * the next phase knows for how many objects. Nothing is moved yet.
 */
final class PrepareJobsStep extends BatchStep {

  static final String ID = "prepare-jobs";

  PrepareJobsStep(Env env, BatchPlan batch, S3ControlApi api) {
    super(
        new StepDescription(
            ID,
            "Have S3 Batch Operations prepare "
                + (specs(env, batch, Facts.none()).size() == 1 ? "a job" : "jobs")
                + ", not to be run before it is confirmed",
            Phase.PREPARE,
            List.of(Jobs.CREATE),
            List.of(Jobs.UPDATE),
            List.of(),
            Undo.UNDOABLE),
        env,
        batch,
        api);
  }

  /** The jobs of a plan. */
  static List<JobSpec> specs(Env env, BatchPlan batch, Facts listed) {
    boolean withBucketKey = env.bucketKeys() != BucketKeys.DISABLE;
    return switch (batch.kind()) {
      case GENERATED -> BatchPlan.generated(env.bucketKeys(), env.scope().onlyKey());
      case INVENTORY ->
          List.of(
              JobSpec.listed(
                  Source.INVENTORY,
                  batch.inventory().orElseThrow(),
                  batch.inventoryEtag().orElseThrow(),
                  batch.hasVersions(),
                  withBucketKey));
      case LISTED ->
          List.of(
              JobSpec.listed(
                  Source.LISTED,
                  listed.find(ManifestStep.ARN).orElse(""),
                  listed.find(ManifestStep.ETAG).orElse(""),
                  batch.hasVersions(),
                  withBucketKey));
    };
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Facts listed = context.factsOf(ManifestStep.ID);
    if (listed.find(ManifestStep.ROWS).filter("0"::equals).isPresent()) {
      return StepOutcome.done(Facts.of(Map.of("objects", "0")));
    }
    Map<String, String> noted = new TreeMap<>(context.lastCheckpoint().values());
    List<JobSpec> specs = specs(env, batch, listed);
    List<String> pending = new ArrayList<>();
    Map<String, String> facts = new TreeMap<>();
    long objects = 0;
    for (int i = 0; i < specs.size(); i++) {
      String name = name(noted, i);
      String id = noted.getOrDefault("job." + i, "");
      if (id.isEmpty()) {
        id = jobs.create(context, name, specs.get(i), false);
        noted.put("job." + i, id);
        context.checkpoint(Facts.of(noted));
      }
      Optional<JobDescriptor> job = jobs.describe(context, id);
      if (job.isEmpty() && jobs.isNew(context, name)) {
        pending.add("job " + id + " is not known everywhere yet");
      } else if (job.isEmpty() || hasFailed(job.get().status())) {
        return failed(context, noted, i, job);
      } else if (isPreparing(job.get().status())) {
        pending.add("job " + id + " is " + job.get().statusAsString());
      } else {
        facts.putAll(new RunningJob(id, name, specs.get(i)).toFacts(i));
        objects += JobProgress.of(job.get()).all();
      }
    }
    if (!pending.isEmpty()) {
      return waiting("s3:JobPrepared", String.join("; ", pending));
    }
    facts.put("objects", Long.toString(objects));
    return StepOutcome.done(Facts.of(facts));
  }

  /** An attempt at a job that failed is not taken up again. */
  private static String name(Map<String, String> noted, int number) {
    return "prepare-" + number + "-" + noted.getOrDefault("attempt." + number, "1");
  }

  private static boolean isPreparing(JobStatus status) {
    return status == JobStatus.NEW || status == JobStatus.PREPARING;
  }

  private static boolean hasFailed(JobStatus status) {
    return switch (status) {
      case FAILED, FAILING, CANCELLED, CANCELLING -> true;
      default -> false;
    };
  }

  private StepOutcome failed(
      StepContext context, Map<String, String> noted, int number, Optional<JobDescriptor> job) {
    String id = noted.remove("job." + number);
    int attempt = Integer.parseInt(noted.getOrDefault("attempt." + number, "1"));
    noted.put("attempt." + number, Integer.toString(attempt + 1));
    context.checkpoint(Facts.of(noted));
    return StepOutcome.blocked(
        job.map(
                j ->
                    "Job "
                        + id
                        + " is "
                        + j.statusAsString()
                        + " before it moved anything. "
                        + Jobs.reasons(j)
                        + ".")
            .orElse("Job " + id + " is not there any more."),
        "See that "
            + batch.roleArn()
            + " lets batchoperations.s3.amazonaws.com assume it, may read the manifest, and may"
            + " write to "
            + batch.bucket()
            + ". Resume to have another job made.");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return cancelled(context).orElseGet(StepOutcome::done);
  }
}
