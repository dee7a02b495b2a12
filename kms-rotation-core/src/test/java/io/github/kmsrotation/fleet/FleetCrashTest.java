package io.github.kmsrotation.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.Approval;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fleets from seeds: waves, limits, troubles that come and go, cancels, and a process that can
 * write no more at any moment and is followed by another one. Whatever happens: nothing is made
 * twice, no limit is passed, every run is accounted for, nothing stays locked, and in the end
 * everything is done.
 */
class FleetCrashTest {

  private static final List<String> STEPS = List.of("copy", "switch", "settle", "watch");

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("kmsrotation.fleet.seeds", 300));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void fleet_whateverHappens_endsWithEveryThingMadeOnce(long seed) {
    Random random = new Random(seed);
    FleetWorld world = new FleetWorld();
    world.takes(name -> Duration.ofSeconds(1 + (Math.abs(name.hashCode() + seed) % 300)));
    List<RotationPlan> plans = plans(random);
    Optional<Fleet> fleet = Optional.of(fleet(random, plans));
    Optional<RunId> remembered = Optional.empty();

    for (int process = 0; process < 6 && fleet.isPresent(); process++) {
      int limit = 1 + random.nextInt(5);
      disturb(random, world, plans);
      FleetRunner runner = runner(random, world, limit, plans).build();
      world.journal.failAfter(
          random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(plans.size() * 30));
      try {
        FleetReport report =
            remembered.isPresent() ? runner.resume(remembered.get()) : runner.run(fleet.get());
        assertAccounted(report, plans, world);
        remembered = Optional.of(report.fleetId());
        if (random.nextInt(4) == 0) {
          fleet = report.whatIsLeft();
          remembered = Optional.empty();
        }
      } catch (RotationException e) {
        assertThat(e)
            .hasMessageMatching("(?s)The disk is full|.*torn before.*|.*was started before");
        fleet = fleet.map(Fleet::waves).map(waves -> Fleet.of(RunId.random(), waves));
        remembered = Optional.empty();
      }
      assertThat(world.mostOpen()).isLessThanOrEqualTo(5);
      assertThat(world.journal.owned()).isZero();
      assertThat(world.open()).isZero();
    }
    finish(world, plans);
  }

  private static List<RotationPlan> plans(Random random) {
    List<RotationPlan> plans = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      plans.add(FleetWorld.plan(random, i, random.nextBoolean() ? "eu-west-1" : "us-east-1"));
    }
    return plans;
  }

  private static Fleet fleet(Random random, List<RotationPlan> plans) {
    int first = random.nextInt(plans.size() + 1);
    int second = first + random.nextInt(plans.size() + 1 - first);
    return Fleet.builder()
        .wave(plans.subList(0, first))
        .wave(plans.subList(first, second))
        .wave(plans.subList(second, plans.size()))
        .build();
  }

  private static void disturb(Random random, FleetWorld world, List<RotationPlan> plans) {
    world.noTroubles();
    for (RotationPlan plan : plans) {
      String step = STEPS.get(random.nextInt(STEPS.size()));
      switch (random.nextInt(6)) {
        case 0 -> world.trouble(plan.targetId(), step, () -> StepOutcome.blocked("Busy.", "Wait."));
        case 1 ->
            world.trouble(
                plan.targetId(),
                step,
                () -> {
                  throw new IllegalStateException("a bug");
                });
        default -> {}
      }
    }
  }

  private static FleetRunner.Builder runner(
      Random random, FleetWorld world, int limit, List<RotationPlan> plans) {
    FleetControl control = new FleetControl();
    if (random.nextInt(4) == 0) {
      RotationPlan any = plans.get(random.nextInt(plans.size()));
      world.trouble(
          any.targetId(),
          "switch",
          () -> {
            control.cancel();
            return StepOutcome.blocked("Cancelled meanwhile.", "Resume.");
          });
    }
    Approval answer =
        switch (random.nextInt(4)) {
          case 0 -> Approval.later();
          case 1 -> Approval.denied("no");
          default -> Approval.granted("test");
        };
    return world
        .runner()
        .workers(1 + random.nextInt(3))
        .limits(FleetLimits.builder().inFlight(limit).inFlightPerRegion(3).build())
        .failureBudget(FailureBudget.ofCount(random.nextInt(4)))
        .waveApproval(request -> answer)
        .control(control);
  }

  private static void assertAccounted(
      FleetReport report, List<RotationPlan> plans, FleetWorld world) {
    Set<RunId> told = new HashSet<>();
    for (FleetResult result : report.results()) {
      assertThat(told.add(result.runId())).isTrue();
      assertThat(result.reason().isEmpty()).isEqualTo(result.outcome() == FleetOutcome.SUCCEEDED);
      assertThat(isFinished(world, result.runId()))
          .isEqualTo(result.outcome() == FleetOutcome.SUCCEEDED);
    }
    assertThat(plans).extracting(RotationPlan::runId).containsAll(told);
  }

  private static boolean isFinished(FleetWorld world, RunId run) {
    return world.journal.entries(run).stream()
        .anyMatch(entry -> entry.type() == EntryType.FINISHED);
  }

  /** A last process, with nothing in its way. */
  private static void finish(FleetWorld world, List<RotationPlan> plans) {
    world.noTroubles();
    world.journal.failAfter(Long.MAX_VALUE);
    world.runner().build().run(Fleet.of(plans)).requireComplete();
    assertThat(world.timesMade()).isEqualTo(expected(plans));
    assertThat(world.journal.owned()).isZero();
  }

  private static Map<String, Integer> expected(List<RotationPlan> plans) {
    Map<String, Integer> once = new HashMap<>();
    for (RotationPlan plan : plans) {
      STEPS.forEach(step -> once.put(plan.targetId() + "/" + step, 1));
    }
    return once;
  }
}
