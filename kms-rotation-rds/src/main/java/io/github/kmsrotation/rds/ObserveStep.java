package io.github.kmsrotation.rds;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Observation;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Sees that the replacement serves under the original's name, for as long as was asked for,
 * whatever processes look at it meanwhile.
 */
final class ObserveStep extends RdsStep {

  private final Observation observation;

  ObserveStep(Env env, Duration observeFor) {
    super(
        new StepDescription(
            "observe",
            observeFor.isZero()
                ? "See that the replacement serves"
                : "See that the replacement serves for " + InWords.exactly(observeFor),
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.observation = new Observation(observeFor, Duration.ofMinutes(5));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> serving = rds.instance(context, names.original());
    Optional<DBInstance> replacement = replacement(context);
    if (serving.isEmpty() || replacement.isEmpty()) {
      return gone("The DB instance " + names.original());
    }
    if (RestoreStep.ON_THE_WAY.contains(serving.get().dbInstanceStatus())) {
      return waitFor(serving.get());
    }
    List<Evidence> evidence =
        List.of(
            new Evidence(
                "DB instance behind " + names.original(),
                replacement.get().dbiResourceId(),
                serving.get().dbiResourceId()),
            new Evidence("KmsKeyId", targetKeyArn(), Settings.text(serving.get().kmsKeyId())),
            new Evidence("DBInstanceStatus", Rds.AVAILABLE, serving.get().dbInstanceStatus()));
    if (!evidence.stream().allMatch(Evidence::matches)) {
      return new StepOutcome.Blocked(
          "What serves as '" + names.original() + "' is not as it should be: " + evidence + ".",
          "Look at it in RDS. Resume when it is mended, or roll back to the original.",
          evidence);
    }
    return observation
        .rest("rds:Observed", names.original(), context.begunAt(), context.clock().instant())
        .orElseGet(() -> new StepOutcome.Done(Facts.none(), evidence));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
