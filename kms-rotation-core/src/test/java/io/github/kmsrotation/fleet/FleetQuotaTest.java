package io.github.kmsrotation.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.CallRate;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Work flows right under AWS's quotas and rates, and holds no thread while it waits for them. */
class FleetQuotaTest {

  private final FleetWorld world = new FleetWorld();

  private static FleetLimits noLimits() {
    return FleetLimits.builder().inFlight(1_000).inFlightPerRegion(1_000).build();
  }

  private List<Instant> made(List<RotationPlan> plans, String step) {
    return plans.stream()
        .map(plan -> world.madeAt(plan.targetId() + "/" + step))
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private long copiesUnderWay(List<RotationPlan> plans, Instant at, Duration takes) {
    return made(plans, "copy").stream()
        .filter(begun -> !begun.isAfter(at) && begun.plus(takes).isAfter(at))
        .count();
  }

  @Test
  void run_withPlacesForThree_hasThreeCopiesUnderWayAndNeverMore() {
    Duration copies = Duration.ofMinutes(10);
    world.takes(name -> name.endsWith("/copy") ? copies : Duration.ofMinutes(1));
    List<RotationPlan> plans = FleetWorld.plans(12);

    world
        .runner()
        .limits(noLimits())
        .quotas((quota, account, region) -> 3)
        .pollEvery("toy:copy", Duration.ofSeconds(10))
        .build()
        .run(Fleet.of(plans))
        .requireComplete();

    List<Instant> begun = made(plans, "copy");
    assertThat(begun)
        .allSatisfy(at -> assertThat(copiesUnderWay(plans, at, copies)).isBetween(1L, 3L));
    assertThat(Duration.between(begun.get(0), begun.get(11)))
        .as("the last of four rows of three begins right after three others")
        .isBetween(copies.multipliedBy(3), copies.multipliedBy(3).plusMinutes(2));
  }

  @Test
  void run_thatWaitsForAPlace_goesOnInTheOrderOfTheFleet() {
    List<RotationPlan> plans = FleetWorld.plans(6);

    world
        .runner()
        .workers(1)
        .limits(noLimits())
        .quotas((quota, account, region) -> 1)
        .build()
        .run(Fleet.of(plans))
        .requireComplete();

    assertThat(world.order().stream().filter(name -> name.endsWith("/copy")))
        .containsExactlyElementsOf(plans.stream().map(p -> p.targetId() + "/copy").toList());
  }

  @Test
  void run_whichFailsInAStepThatHasAPlace_givesItBack() {
    List<RotationPlan> plans = FleetWorld.plans(3);
    world.trouble("thing-0", "copy", () -> StepOutcome.blocked("Broken.", "Mend it."));

    FleetReport report =
        world
            .runner()
            .limits(noLimits())
            .failureBudget(FailureBudget.ofShare(1))
            .quotas((quota, account, region) -> 1)
            .build()
            .run(Fleet.of(plans));

    assertThat(report.results())
        .extracting(FleetResult::outcome)
        .containsExactly(FleetOutcome.BLOCKED, FleetOutcome.SUCCEEDED, FleetOutcome.SUCCEEDED);
  }

  @Test
  void run_whereTheQuotaHasNoPlace_failsAndSaysWhatToDo() {
    FleetReport report =
        world
            .runner()
            .limits(noLimits())
            .quotas((quota, account, region) -> 0)
            .build()
            .run(Fleet.of(FleetWorld.plans(1)));

    assertThat(report.results().get(0).outcome()).isEqualTo(FleetOutcome.FAILED);
    assertThat(report.results().get(0).reason())
        .contains("'Copies at a time' of toy has 0 places")
        .contains("have the quota raised, then resume the fleet");
    assertThat(world.order()).isEmpty();
  }

  @Test
  void cancel_whileRunsWaitForAPlace_skipsThem() {
    List<RotationPlan> plans = FleetWorld.plans(4);
    FleetControl control = new FleetControl();
    AtomicInteger looks = new AtomicInteger();
    world.takes(name -> Duration.ofDays(30));

    FleetReport report =
        world
            .runner()
            .limits(noLimits())
            .quotas((quota, account, region) -> 1)
            .control(control)
            .sleeper(
                duration -> {
                  world.turn(duration);
                  if (looks.incrementAndGet() == 10) {
                    control.cancel();
                  }
                })
            .build()
            .run(Fleet.of(plans));

    assertThat(report.results())
        .extracting(FleetResult::outcome)
        .doesNotContain(FleetOutcome.FAILED);
    assertThat(world.order()).containsExactly("thing-0/copy");
  }

  @Test
  void run_ofStepsWhoseCallsHaveARate_beginsThemAtThatRate() {
    List<RotationPlan> plans = FleetWorld.plans(20);
    AwsCallSettings slow = AwsCallSettings.builder().rate("toy:Make", new CallRate(0.1, 5)).build();

    world.runner().limits(noLimits()).calls(slow).build().run(Fleet.of(plans)).requireComplete();

    List<Instant> all =
        List.of("copy", "switch", "settle", "watch").stream()
            .flatMap(step -> made(plans, step).stream())
            .sorted()
            .toList();
    for (int first = 0; first + 10 < all.size(); first++) {
      assertThat(Duration.between(all.get(first), all.get(first + 10)))
          .as("11 calls from number %d on", first)
          .isGreaterThanOrEqualTo(Duration.ofSeconds(50));
    }
  }
}
