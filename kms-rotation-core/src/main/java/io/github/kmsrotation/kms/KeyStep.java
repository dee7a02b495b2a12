package io.github.kmsrotation.kms;

import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the steps of key plans share. */
abstract class KeyStep implements Step {

  /**
   * How long KMS may take to show everywhere what a call changed: usually seconds, at times several
   * minutes.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency">
   *     KMS eventual consistency</a>
   */
  private static final Duration SETTLES_WITHIN = Duration.ofMinutes(5);

  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final StepDescription description;
  final Env env;
  final RotationPlan plan;
  final Kms kms;

  KeyStep(StepDescription description, Env env) {
    this.description = description;
    this.env = env;
    this.plan = env.plan();
    this.kms = env.kms();
  }

  /** What a step is bound to. */
  record Env(RotationPlan plan, Kms kms, KeyOptions options) {

    KeyArn key() {
      return new KeyArn(plan.currentKeyArn().orElseThrow());
    }

    String region() {
      return plan.region();
    }

    /** The key that the run makes, once it is made. */
    Optional<KeyArn> newKey(StepContext context) {
      return context.factsOf(CreateKeyStep.ID).find(CreateKeyStep.NEW_KEY).map(KeyArn::new);
    }

    /** The same multi-Region key in another Region. */
    static String in(String region, KeyArn key) {
      return key.value().replace(":" + key.region() + ":", ":" + region + ":");
    }
  }

  @Override
  public final StepDescription description() {
    return description;
  }

  final String key() {
    return env.key().value();
  }

  final String region() {
    return env.region();
  }

  /** Whether a change was sent so lately that KMS may not show it yet. */
  static boolean isSettling(StepContext context, String operation, String resource) {
    return context.wasSentWithin(operation, resource, SETTLES_WITHIN);
  }

  static StepOutcome waitFor(String kind, String resource, String seen) {
    return StepOutcome.waiting(new Condition(kind, resource, seen, POLL, PATIENCE));
  }

  /** Done if all evidence matches, blocked with it otherwise. */
  static StepOutcome judged(Facts facts, List<Evidence> evidence, String flaw, String remedy) {
    return evidence.stream().allMatch(Evidence::matches)
        ? new StepOutcome.Done(facts, evidence)
        : new StepOutcome.Blocked(flaw + ": " + evidence + ".", remedy, evidence);
  }

  static StepOutcome gone(String key) {
    return StepOutcome.blocked(
        "The key " + key + " is not there any more.",
        "Look at it by hand: nothing of this run deletes a key that was there before.");
  }
}
