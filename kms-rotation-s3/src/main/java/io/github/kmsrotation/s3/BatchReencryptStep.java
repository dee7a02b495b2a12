package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobStatus;

/**
 * Confirms the jobs that were prepared, follows them to their end, and reads from their reports
 * what was not moved. What could have been is given to a further job when the run is resumed, and
 * so is all that a job did not get to that failed or was cancelled. Rolled back, jobs are
 * cancelled, and what was moved stays under the new key.
 */
final class BatchReencryptStep extends BatchStep {

  /** Takes the place of moving objects from here, for those who look at what came of it. */
  static final String ID = ReencryptStep.ID;

  BatchReencryptStep(Env env, BatchPlan batch, S3ControlApi api) {
    super(
        new StepDescription(
            ID,
            "Confirm the jobs, which run UpdateObjectEncryption with the new key over their lists,"
                + " and read their reports; Bucket Keys: "
                + env.bucketKeys(),
            Phase.COPY,
            List.of(Jobs.CREATE, Jobs.UPDATE),
            List.of(),
            Undo.KEPT),
        env,
        batch,
        api);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Facts noted = context.lastCheckpoint();
    Facts state = noted.values().isEmpty() ? context.factsOf(PrepareJobsStep.ID) : noted;
    Optional<RunningJob> unmade =
        RunningJob.of(state).stream().filter(job -> job.id().isEmpty()).findFirst();
    if (unmade.isPresent()) {
      return make(context, state, unmade.get());
    }
    List<RunningJob> all = RunningJob.of(state);
    Map<RunningJob, JobDescriptor> seen = new HashMap<>();
    List<String> running = new ArrayList<>();
    for (RunningJob job : all) {
      Optional<JobDescriptor> now = jobs.describe(context, job.id());
      now.ifPresent(descriptor -> seen.put(job, descriptor));
      if (now.isEmpty() && jobs.isNew(context, job.name())) {
        running.add("job " + job.id() + " is not known everywhere yet");
      } else if (now.isPresent() && !Jobs.isEnded(now.get().status())) {
        running.add(progress(now.get()));
        if (now.get().status() == JobStatus.SUSPENDED) {
          jobs.confirm(context, job.id());
        }
      }
    }
    return running.isEmpty()
        ? new JobResults(env, batch, context, all, seen).advance(state)
        : waiting("s3:JobComplete", String.join("; ", running));
  }

  private StepOutcome make(StepContext context, Facts state, RunningJob job) {
    List<RunningJob> all = RunningJob.of(state);
    int place = all.indexOf(job);
    String id = jobs.create(context, job.name(), job.spec(), true);
    Map<String, String> facts = new HashMap<>(state.values());
    facts.putAll(job.made(id).toFacts(place));
    context.checkpoint(Facts.of(facts));
    return waiting("s3:JobComplete", "job " + id + " was made for " + job.spec().inWords());
  }

  private static String progress(JobDescriptor job) {
    JobProgress progress = JobProgress.of(job);
    return String.format(
        "job %s is %s: %,d of %,d objects done, %,d failed",
        job.jobId(),
        job.statusAsString(),
        progress.succeeded() + progress.failed(),
        progress.all(),
        progress.failed());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return cancelled(context)
        .orElseGet(
            () ->
                StepOutcome.done(
                    Facts.of(
                        Map.of(
                            Facts.KEPT,
                            "what jobs moved stays under "
                                + env.keyArn()
                                + ", which has to stay usable, and so do the keys that objects had"
                                + " before"))));
  }
}
