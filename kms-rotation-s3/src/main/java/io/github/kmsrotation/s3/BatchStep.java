package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the steps with jobs of S3 Batch Operations share. */
abstract class BatchStep extends S3Step {

  private static final Duration POLL = Duration.ofSeconds(30);

  /** It waits for AWS to work through objects, which may take weeks. */
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(3650);

  final BatchPlan batch;
  final Jobs jobs;

  BatchStep(StepDescription description, Env env, BatchPlan batch, S3ControlApi api) {
    super(description, env);
    this.batch = batch;
    this.jobs = new Jobs(env, api, batch);
  }

  final StepOutcome waiting(String kind, String seen) {
    return waiting(kind, seen, POLL);
  }

  final StepOutcome waiting(String kind, String seen, Duration poll) {
    return StepOutcome.waiting(
        new Condition(kind, env.plan().targetId(), seen, poll, AS_LONG_AS_IT_TAKES));
  }

  /** Cancels what runs, and waits until it has ended. */
  final Optional<StepOutcome> cancelled(StepContext context) {
    List<String> running = jobs.cancelAll(context);
    return running.isEmpty()
        ? Optional.empty()
        : Optional.of(
            waiting("s3:JobCancelled", "not ended yet: job " + String.join(", job ", running)));
  }
}
