package io.github.kmsrotation.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.RotationListener;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Pause, continue, cancel, interrupt, maintenance windows. */
class FleetControlTest {

  private final FleetWorld world = new FleetWorld();
  private final FleetControl control = new FleetControl();

  /** Runs something when a target's step is looked at, and lets the step go on. */
  private void when(String target, String step, Runnable action) {
    world.trouble(
        target,
        step,
        () -> {
          world.noTroubles();
          action.run();
          return StepOutcome.waiting(
              new Condition("toy:first", target, "asked", FleetWorld.POLL, FleetWorld.PATIENCE));
        });
  }

  private FleetRunner.Builder oneAtATime() {
    return world.runner().workers(1).limits(FleetLimits.builder().inFlight(1).build());
  }

  @Test
  void cancel_whileCopying_stopsWhereItStandsAndBeginsNothing() {
    when("thing-1", "copy", control::cancel);
    Fleet fleet = Fleet.of(FleetWorld.plans(5));

    FleetReport report = oneAtATime().control(control).build().run(fleet);

    assertThat(report.summary()).isEqualTo("1 SUCCEEDED, 3 SKIPPED, 1 STOPPED");
    assertThat(report.of(FleetOutcome.STOPPED).get(0).reason()).contains("'copy'", "Resubmit");
    assertThat(world.journal.owned()).isZero();
    assertThat(world.open()).isZero();
    world.runner().build().resume(fleet.id()).requireComplete();
  }

  @Test
  void cancel_withinACutover_bringsItThroughFirst() {
    when("thing-0", "switch", control::cancel);

    FleetReport report = oneAtATime().control(control).build().run(Fleet.of(FleetWorld.plans(3)));

    assertThat(report.summary()).isEqualTo("2 SKIPPED, 1 STOPPED");
    assertThat(report.of(FleetOutcome.STOPPED).get(0).reason()).contains("before step 'watch'");
    assertThat(world.order()).containsExactly("thing-0/copy", "thing-0/switch", "thing-0/settle");
  }

  @Test
  void pause_whileCopying_finishesTheStepAndGoesOnWhenTold() throws Exception {
    CountDownLatch paused = new CountDownLatch(1);
    when(
        "thing-0",
        "copy",
        () -> {
          control.pause();
          paused.countDown();
        });
    ExecutorService caller = Executors.newSingleThreadExecutor();
    try {
      Future<FleetReport> report =
          caller.submit(
              () -> oneAtATime().control(control).build().run(Fleet.of(FleetWorld.plans(3))));
      paused.await();
      awaitIdle(report);

      assertThat(world.order()).containsExactly("thing-0/copy");
      control.goOn();
      report.get().requireComplete();
    } finally {
      caller.shutdownNow();
    }
  }

  /** Until the copy is ready in virtual time, which passes only while somebody waits for it. */
  private void awaitIdle(Future<?> fleet) throws ExecutionException, InterruptedException {
    while (!world.isReady("thing-0/copy")) {
      if (fleet.isDone()) {
        fleet.get();
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void pause_thenCancel_ends() throws Exception {
    control.pause();
    CountDownLatch begun = new CountDownLatch(1);
    ExecutorService caller = Executors.newSingleThreadExecutor();
    try {
      Future<FleetReport> report =
          caller.submit(
              () -> {
                begun.countDown();
                return world.runner().control(control).build().run(Fleet.of(FleetWorld.plans(3)));
              });
      begun.await();
      control.cancel();

      assertThat(report.get().summary()).isEqualTo("3 SKIPPED");
    } finally {
      caller.shutdownNow();
    }
  }

  @Test
  void interrupt_stopsTheFleetAndKeepsTheInterruptStatus() {
    Fleet fleet = Fleet.of(FleetWorld.plans(5));
    FleetRunner runner =
        world
            .runner()
            .sleeper(
                duration -> {
                  world.turn(duration);
                  if (world.order().contains("thing-2/copy")) {
                    throw new InterruptedException();
                  }
                })
            .limits(FleetLimits.builder().inFlight(2).build())
            .build();

    FleetReport report = runner.run(fleet);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(report.isComplete()).isFalse();
    assertThat(report.of(FleetOutcome.STOPPED)).isNotEmpty();
    assertThat(report.of(FleetOutcome.SKIPPED)).isNotEmpty();
    assertThat(world.journal.owned()).isZero();
    world.runner().build().resume(fleet.id()).requireComplete();
  }

  private static final MaintenanceWindow NIGHT =
      MaintenanceWindow.daily(LocalTime.of(22, 0), Duration.ofHours(2), ZoneOffset.UTC);

  private static boolean isAtNight(Instant time) {
    return time.atZone(ZoneOffset.UTC).getHour() >= 22;
  }

  @Test
  void window_letsRunsBeginAndCutOverOnlyInside() {
    world.takes(name -> name.endsWith("copy") ? Duration.ofMinutes(90) : Duration.ofMinutes(1));
    List<RotationPlan> plans = FleetWorld.plans(4);
    FleetLimits two = FleetLimits.builder().inFlight(2).build();

    world.runner().limits(two).window(NIGHT).build().run(Fleet.of(plans)).requireComplete();

    for (String step : List.of("copy", "switch")) {
      for (int i = 0; i < 4; i++) {
        assertThat(isAtNight(world.madeAt("thing-" + i + "/" + step))).as(step + i).isTrue();
      }
    }
    assertThat(Duration.between(world.madeAt("thing-2/copy"), world.madeAt("thing-2/switch")))
        .isGreaterThan(Duration.ofHours(12));
  }

  @Test
  void window_whenItClosesWithinACutover_doesNotInterruptIt() {
    world.takes(name -> name.endsWith("switch") ? Duration.ofHours(3) : Duration.ofMinutes(1));

    world.runner().window(NIGHT).build().run(Fleet.of(FleetWorld.plans(1))).requireComplete();

    assertThat(isAtNight(world.madeAt("thing-0/switch"))).isTrue();
    assertThat(Duration.between(world.madeAt("thing-0/switch"), world.madeAt("thing-0/settle")))
        .isLessThan(Duration.ofHours(4));
  }

  @Test
  void control_whenNobodySleepsVirtually_wakesTheFleet() {
    CountDownLatch begun = new CountDownLatch(1);
    FleetRunner runner =
        FleetRunner.builder()
            .journal(world.journal)
            .with(new FleetToy.World(world))
            .control(control)
            .listener(
                new RotationListener() {
                  @Override
                  public void onStepWaiting(
                      RotationPlan plan, StepDescription step, Condition condition) {
                    begun.countDown();
                    control.cancel();
                  }
                })
            .build();
    world.takes(name -> Duration.ofDays(1));

    FleetReport report = runner.run(Fleet.of(FleetWorld.plans(1)));

    assertThat(begun.getCount()).isZero();
    assertThat(report.of(FleetOutcome.STOPPED)).hasSize(1);
    assertThat(report.results().get(0).reason()).contains("'copy'");
  }
}
