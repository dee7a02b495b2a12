package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.VerifyStep;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A strategy whose AWS is a set of names, so that the runner can be watched without any service.
 */
public final class ToyStrategy implements RotationStrategy<ToyStrategy.ToyTarget> {

  static final String KEY_ARN =
      "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000001";

  /** A thing in the toy world. */
  public record ToyTarget(String id) implements Target {
    @Override
    public String kind() {
      return "toy";
    }
  }

  /** The toy world, handed to the strategy as its options. */
  record World(ToyAws aws) implements StrategyOptions<ToyTarget> {
    @Override
    public String kind() {
      return "toy";
    }
  }

  /** For {@link java.util.ServiceLoader}. */
  public ToyStrategy() {}

  static RotationPlan plan() {
    return plan("make-copy", "compare", "switch", "destroy");
  }

  /** A plan of some of the steps. */
  static RotationPlan plan(String... ids) {
    return planFor("thing", ids);
  }

  /** A plan of some of the steps for one of several things. */
  static RotationPlan planFor(String thing, String... ids) {
    RunId runId = RunId.random();
    return RotationPlan.builder(runId, Instant.parse("2026-11-24T08:00:00Z"))
        .target("toy", thing)
        .place("eu-central-1", "111122223333")
        .keys("NEW_KEY_REQUESTED", Optional.empty(), Optional.of(KEY_ARN))
        .steps(
            steps(new ToyAws()).stream()
                .map(Step::description)
                .filter(step -> List.of(ids).contains(step.id()))
                .toList())
        .build();
  }

  @Override
  public String kind() {
    return "toy";
  }

  @Override
  public RotationPlan plan(PlanRequest<ToyTarget> request) {
    return plan();
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> options) {
    World world = (World) options.orElseThrow();
    return new BoundSteps(
        steps(world.aws()).stream()
            .filter(step -> plan.steps().contains(step.description()))
            .toList(),
        world.aws()::close);
  }

  private static List<Step> steps(ToyAws aws) {
    List<Step> steps = new ArrayList<>();
    steps.add(new Clumsy(aws));
    steps.add(new Make("make-copy", Phase.COPY, "copy", Undo.UNDOABLE, aws));
    steps.add(new VerifyStep("compare", "Compare", Phase.VERIFY, context -> verify(aws)));
    steps.add(new Make("switch", Phase.CUTOVER, "switched", Undo.UNDOABLE, aws));
    steps.add(new Make("disturb", Phase.CUTOVER, "disturbed", Undo.DISRUPTIVE, aws));
    steps.add(new Destroy(aws));
    return steps;
  }

  private static Verification verify(ToyAws aws) {
    Evidence evidence = new Evidence("content", aws.expected(), aws.content());
    return evidence.matches()
        ? Verification.passed(List.of(evidence))
        : Verification.failed(List.of(evidence));
  }

  private record Make(String id, Phase phase, String name, Undo undo, ToyAws aws) implements Step {
    @Override
    public StepDescription description() {
      return new StepDescription(
          id, "Make " + name, phase, List.of("toy:Make"), List.of("toy:Remove"), List.of(), undo);
    }

    @Override
    public StepOutcome advance(StepContext context) {
      if (!aws.has(name)) {
        context.mutate("toy:Make", name, () -> aws.make(name));
      }
      return aws.isReady(name)
          ? StepOutcome.done(Facts.of(Map.of("made", name)))
          : aws.waitFor(name);
    }

    @Override
    public StepOutcome undo(StepContext context) {
      if (aws.has(name)) {
        context.mutate("toy:Remove", name, () -> aws.remove(name));
      }
      return StepOutcome.done();
    }
  }

  /** Calls forward what it may call only to undo. */
  private record Clumsy(ToyAws aws) implements Step {
    @Override
    public StepDescription description() {
      return new StepDescription(
          "clumsy",
          "Remove the original",
          Phase.COPY,
          List.of(),
          List.of("toy:Remove"),
          List.of(),
          Undo.UNDOABLE);
    }

    @Override
    public StepOutcome advance(StepContext context) {
      return undo(context);
    }

    @Override
    public StepOutcome undo(StepContext context) {
      context.mutate("toy:Remove", "original", () -> aws.remove("original"));
      return StepOutcome.done();
    }
  }

  private record Destroy(ToyAws aws) implements Step {
    @Override
    public StepDescription description() {
      return new StepDescription(
          "destroy",
          "Destroy the original",
          Phase.RETIRE,
          List.of("toy:Remove"),
          List.of(),
          Undo.IRREVERSIBLE);
    }

    @Override
    public StepOutcome advance(StepContext context) {
      if (aws.has("original")) {
        context.mutate("toy:Remove", "original", () -> aws.remove("original"));
      }
      return StepOutcome.done();
    }

    @Override
    public StepOutcome undo(StepContext context) {
      throw new AssertionError("RETIRE was undone");
    }
  }
}
