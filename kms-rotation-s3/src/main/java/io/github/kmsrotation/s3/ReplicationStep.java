package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.ReplicationConfiguration;

/** What the steps of a replication share. */
abstract class ReplicationStep extends S3Step {

  static final Duration AT_ONCE = Duration.ofMillis(1);

  /** S3 replicates most objects within 15 minutes; what is large, or much, takes longer. */
  static final Duration LAG = Duration.ofMinutes(1);

  /** Jobs and sweeps may take weeks. */
  static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(3650);

  private static final Duration SHOWN_WITHIN = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  final ReplicationSetup setup;
  final ReplicationRules rules;

  ReplicationStep(StepDescription description, Env env, ReplicationSetup setup) {
    super(description, env);
    this.setup = setup;
    this.rules = new ReplicationRules(env.bucket(), setup);
  }

  final String ruleId() {
    return "kms-rotation-" + env.plan().runId();
  }

  final StepOutcome waitFor(String kind, String seen, Duration poll) {
    return StepOutcome.waiting(
        new Condition(kind, env.plan().targetId(), seen, poll, AS_LONG_AS_IT_TAKES));
  }

  /**
   * Takes the run's rule away, and leaves all others as they are then. A rule that was put just
   * before may be shown only later, so its absence counts after a while.
   */
  final StepOutcome removeRule(StepContext context) {
    Optional<ReplicationConfiguration> now = rules.configuration(context);
    boolean isRemoved =
        context.wasSentWithin(ReplicationRules.PUT, rules.withoutRule(), SHOWN_WITHIN);
    if (!ReplicationRules.has(now, ruleId())) {
      boolean mayYetShow =
          !isRemoved
              && context.wasSentWithin(ReplicationRules.PUT, env.bucket().name(), SHOWN_WITHIN);
      return mayYetShow ? waitForRules("not shown") : StepOutcome.done();
    }
    if (!isRemoved) {
      rules.remove(context, now.orElseThrow(), ruleId());
    }
    return waitForRules("still shown");
  }

  /** Adds the run's rule to those that are there. */
  final StepOutcome addRule(StepContext context) {
    Optional<ReplicationConfiguration> now = rules.configuration(context);
    if (ReplicationRules.has(now, ruleId())) {
      return StepOutcome.done();
    }
    Optional<ReplicationRules.Obstacle> obstacle = rules.obstacle(now);
    if (obstacle.isPresent()) {
      return StepOutcome.blocked(
          "Bucket '" + env.bucket().name() + "': " + obstacle.get().text(),
          obstacle.get().remedy());
    }
    if (!context.wasSentWithin(ReplicationRules.PUT, env.bucket().name(), SHOWN_WITHIN)) {
      rules.add(context, now, ruleId(), env.prefix(), env.keyArn());
    }
    return waitForRules("not shown");
  }

  private StepOutcome waitForRules(String seen) {
    return StepOutcome.waiting(
        new Condition(
            "s3:ReplicationConfigurationShown", env.bucket().name(), seen, POLL, PATIENCE));
  }
}
