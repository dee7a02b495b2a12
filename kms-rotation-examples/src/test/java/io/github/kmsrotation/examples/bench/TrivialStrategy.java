package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.Target;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Steps that take no time, so that what is left is the runner's. */
public final class TrivialStrategy implements RotationStrategy<TrivialStrategy.Nothing> {

  private static final String KIND = "trivial";
  private static final String CALL = "trivial:Call";
  private static final String KEY_ARN =
      "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000001";

  /** Nothing. */
  public record Nothing(String id) implements Target {
    @Override
    public String kind() {
      return KIND;
    }
  }

  /** For {@link java.util.ServiceLoader}. */
  public TrivialStrategy() {}

  static RotationPlan plan(int steps, boolean mutating) {
    return RotationPlan.builder(RunId.random(), Instant.parse("2026-11-24T08:00:00Z"))
        .target(KIND, "nothing")
        .place("eu-central-1", "111122223333")
        .keys("NEW_KEY_REQUESTED", Optional.empty(), Optional.of(KEY_ARN))
        .steps(IntStream.range(0, steps).mapToObj(i -> description(i, mutating)).toList())
        .build();
  }

  private static StepDescription description(int number, boolean mutating) {
    return new StepDescription(
        "step-" + number,
        "Step " + number,
        Phase.COPY,
        mutating ? List.of(CALL) : List.of(),
        List.of(),
        Undo.UNDOABLE);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public RotationPlan plan(PlanRequest<Nothing> request) {
    return plan(1, true);
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> options) {
    return new BoundSteps(
        plan.steps().stream().<Step>map(TrivialStep::new).toList(),
        () -> {
          // nothing was opened
        });
  }

  private record TrivialStep(StepDescription description) implements Step {
    @Override
    public StepOutcome advance(StepContext context) {
      for (String call : description.calls()) {
        context.mutate(call, "nothing", () -> call);
      }
      return StepOutcome.done();
    }

    @Override
    public StepOutcome undo(StepContext context) {
      return StepOutcome.done();
    }
  }
}
