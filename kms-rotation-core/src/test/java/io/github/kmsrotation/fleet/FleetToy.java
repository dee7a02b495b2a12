package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.Progress;
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
import io.github.kmsrotation.spi.AwsQuota;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.Target;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A strategy whose copies and cutovers take time in a {@link FleetWorld}. */
public final class FleetToy implements RotationStrategy<FleetToy.Thing> {

  static final String KIND = "fleet-toy";

  static final AwsQuota COPIES = new AwsQuota("toy", "Copies at a time", 100_000);

  /** A thing in the toy world. */
  public record Thing(String id) implements Target {
    @Override
    public String kind() {
      return KIND;
    }
  }

  /** The toy world, handed to the strategy as its options. */
  record World(FleetWorld world) implements StrategyOptions<Thing> {
    @Override
    public String kind() {
      return KIND;
    }
  }

  /** For {@link java.util.ServiceLoader}. */
  public FleetToy() {}

  static RotationPlan plan(RunId run, String target, String region) {
    return RotationPlan.builder(run, Instant.parse("2026-11-24T08:00:00Z"))
        .target(KIND, target)
        .place(region, "111122223333")
        .keys("NEW_KEY_REQUESTED", Optional.empty(), Optional.of("arn:aws:kms:::key/new"))
        .steps(steps(target, new FleetWorld()).stream().map(Step::description).toList())
        .build();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public RotationPlan plan(PlanRequest<Thing> request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> options) {
    FleetWorld world = ((World) options.orElseThrow()).world();
    world.opened();
    return new BoundSteps(steps(plan.targetId(), world), world::closed);
  }

  @Override
  public Map<AwsQuota, Integer> quotas(RotationPlan plan, StepDescription step) {
    return step.id().equals("copy") ? Map.of(COPIES, 1) : Map.of();
  }

  private static List<Step> steps(String target, FleetWorld world) {
    return List.of(
        new Make("copy", Phase.COPY, target, world),
        new VerifyStep(
            "compare",
            "Compare",
            Phase.VERIFY,
            context -> Verification.passed(List.of(new Evidence("content", "same", "same")))),
        new Make("switch", Phase.CUTOVER, target, world),
        new Make("settle", Phase.CUTOVER, target, world),
        new Make("watch", Phase.OBSERVE, target, world));
  }

  private record Make(String id, Phase phase, String target, FleetWorld world) implements Step {
    @Override
    public StepDescription description() {
      return new StepDescription(
          id, "Make " + id, phase, List.of("toy:Make"), List.of(), Undo.UNDOABLE);
    }

    @Override
    public StepOutcome advance(StepContext context) {
      Optional<StepOutcome> trouble = world.trouble(target, id);
      if (trouble.isPresent()) {
        return trouble.get();
      }
      String name = target + "/" + id;
      if (!world.has(name)) {
        context.mutate("toy:Make", name, () -> world.make(name));
      }
      context.progress(new Progress(1, OptionalLong.of(2), 0, 0, Optional.empty()));
      return world.isReady(name)
          ? StepOutcome.done()
          : StepOutcome.waiting(
              new Condition("toy:" + id, name, "creating", FleetWorld.POLL, FleetWorld.PATIENCE));
    }

    @Override
    public StepOutcome undo(StepContext context) {
      world.remove(target + "/" + id);
      return StepOutcome.done();
    }
  }
}
