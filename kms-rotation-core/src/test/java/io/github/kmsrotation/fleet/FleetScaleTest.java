package io.github.kmsrotation.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Ten thousand runs in virtual time. */
class FleetScaleTest {

  private static final int RUNS = 10_000;
  private static final int WORKERS = 4;
  private static final List<String> REGIONS =
      List.of("eu-central-1", "eu-west-1", "us-east-1", "us-west-2");

  private final FleetWorld world = new FleetWorld();
  private final Map<String, Duration> durations = new HashMap<>();

  private static List<RotationPlan> plans() {
    Random random = new Random(1);
    List<RotationPlan> plans = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      plans.add(FleetWorld.plan(random, i, REGIONS.get(i % REGIONS.size())));
    }
    return plans;
  }

  private void chooseDurations(List<RotationPlan> plans) {
    Random random = new Random(2);
    for (RotationPlan plan : plans) {
      String target = plan.targetId();
      durations.put(target + "/copy", Duration.ofSeconds(900 + random.nextInt(1800)));
      durations.put(target + "/switch", Duration.ofSeconds(60 + random.nextInt(60)));
      durations.put(target + "/settle", Duration.ofMinutes(1));
      durations.put(target + "/watch", Duration.ofMinutes(10));
    }
    world.takes(durations::get);
  }

  /** No schedule is shorter: all the work in a Region through its places, or the longest run. */
  private Duration lowerBound(List<RotationPlan> plans, int perRegion) {
    Duration longest = Duration.ZERO;
    Map<String, Duration> work = new HashMap<>();
    for (RotationPlan plan : plans) {
      Duration all =
          List.of("copy", "switch", "settle", "watch").stream()
              .map(step -> durations.getOrDefault(plan.targetId() + "/" + step, Duration.ZERO))
              .reduce(Duration.ZERO, Duration::plus);
      longest = longest.compareTo(all) < 0 ? all : longest;
      work.merge(plan.region(), all, Duration::plus);
    }
    Duration busiest = work.values().stream().max(Duration::compareTo).orElseThrow();
    Duration shared = busiest.dividedBy(perRegion);
    return shared.compareTo(longest) < 0 ? longest : shared;
  }

  private static FleetLimits perRegion(int runs) {
    return FleetLimits.builder().inFlight(RUNS).inFlightPerRegion(runs).build();
  }

  @Test
  void run_of10000UnderLimits_takesAtMostATenthMoreThanTheLowerBound() {
    List<RotationPlan> plans = plans();
    chooseDurations(plans);
    int perRegion = 125;

    FleetReport report =
        world
            .runner()
            .workers(WORKERS)
            .limits(perRegion(perRegion))
            .pollEvery("toy:copy", Duration.ofMinutes(1))
            .pollEvery("toy:watch", Duration.ofMinutes(1))
            .build()
            .run(Fleet.of(plans))
            .requireComplete();

    Duration makespan = Duration.between(report.startedAt(), report.endedAt());
    double ratio = (double) makespan.toMillis() / lowerBound(plans, perRegion).toMillis();
    System.out.printf("10,000 runs, %d in flight: makespan %.3f of the lower bound%n", 500, ratio);
    assertThat(ratio).isBetween(1.0, 1.10);
    assertThat(world.mostOpen()).isEqualTo(4 * perRegion);
  }

  @Test
  void run_of10000ThatAllWait_takesNoThreadEach() {
    List<RotationPlan> plans = plans();
    chooseDurations(plans);
    AtomicInteger mostThreads = new AtomicInteger();
    AtomicInteger sleeps = new AtomicInteger();
    int before = ownThreads();

    world
        .runner()
        .workers(WORKERS)
        .limits(perRegion(RUNS))
        .pollEvery("toy:copy", Duration.ofMinutes(5))
        .pollEvery("toy:watch", Duration.ofMinutes(5))
        .sleeper(
            duration -> {
              if (sleeps.getAndIncrement() % 1000 == 0) {
                mostThreads.accumulateAndGet(ownThreads(), Math::max);
              }
              world.turn(duration);
            })
        .build()
        .run(Fleet.of(plans))
        .requireComplete();

    assertThat(world.mostOpen()).isEqualTo(RUNS);
    assertThat(mostThreads.get() - before).isBetween(1, WORKERS * REGIONS.size() + 2);
  }

  private static int ownThreads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("kms-rotation-"))
            .filter(thread -> !thread.getName().contains("rotation-test"))
            .count();
  }
}
