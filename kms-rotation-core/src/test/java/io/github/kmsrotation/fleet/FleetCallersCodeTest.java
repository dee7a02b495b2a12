package io.github.kmsrotation.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.Progress;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.ApprovalRequest;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What callers' code and the clock do to a fleet: they throw, block, and jump. */
class FleetCallersCodeTest {

  private final FleetWorld world = new FleetWorld();

  private static Approval never() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      return Approval.granted("too late");
    }
    return Approval.granted("never");
  }

  @Test
  void approver_whenItBlocksForOneRun_stopsOnlyThatRun() {
    FleetReport report =
        world
            .runner()
            .approval(
                Approvals.before(
                    Phase.CUTOVER,
                    request ->
                        request.plan().targetId().equals("thing-1")
                            ? never()
                            : Approval.granted("test")))
            .approvalPatience(Duration.ofSeconds(3))
            .build()
            .run(Fleet.of(FleetWorld.plans(5)));

    assertThat(report.summary()).isEqualTo("4 SUCCEEDED, 1 AWAITING_APPROVAL");
    assertThat(report.results().get(1).reason())
        .contains("did not answer within 3 seconds", "Resume");
    assertThat(world.has("thing-1/switch")).isFalse();
  }

  @Test
  void approver_whenItAlwaysBlocks_isGivenUpAndEveryRunEnds() {
    AtomicInteger asked = new AtomicInteger();
    FleetReport report =
        world
            .runner()
            .approval(
                Approvals.before(
                    Phase.CUTOVER,
                    request -> {
                      asked.incrementAndGet();
                      return never();
                    }))
            .approvalPatience(Duration.ofMillis(50))
            .build()
            .run(Fleet.of(FleetWorld.plans(20)));

    assertThat(report.summary()).isEqualTo("20 AWAITING_APPROVAL");
    assertThat(asked.get()).isLessThanOrEqualTo(3);
  }

  @Test
  void approver_whenItThrows_failsThatRunOnly() {
    FleetReport report =
        world
            .runner()
            .failureBudget(FailureBudget.ofCount(2))
            .approval(Approvals.before(Phase.CUTOVER, FleetCallersCodeTest::throwing))
            .build()
            .run(Fleet.of(FleetWorld.plans(5)));

    assertThat(report.summary()).isEqualTo("3 SUCCEEDED, 2 FAILED");
    assertThat(report.results().get(1).reason()).contains("the chat server is down", "CUTOVER");
    assertThat(report.results().get(2).reason()).contains("org/example/Chat");
  }

  private static Approval throwing(ApprovalRequest request) {
    if (request.plan().targetId().equals("thing-1")) {
      throw new IllegalStateException("the chat server is down");
    }
    if (request.plan().targetId().equals("thing-2")) {
      throw new NoClassDefFoundError("org/example/Chat");
    }
    return Approval.granted("test");
  }

  @Test
  void approver_isAskedOncePerRunAndOneAtATime() {
    AtomicInteger within = new AtomicInteger();
    List<String> asked = new ArrayList<>();
    Set<RunStatus> ends = ConcurrentHashMap.newKeySet();

    world
        .runner()
        .approval(
            Approvals.before(
                Phase.CUTOVER,
                request -> {
                  assertThat(within.incrementAndGet()).isEqualTo(1);
                  asked.add(request.plan().targetId());
                  within.decrementAndGet();
                  return Approval.granted("test");
                }))
        .listener(onEnd(ends))
        .build()
        .run(Fleet.of(FleetWorld.plans(30)))
        .requireComplete();

    assertThat(asked).hasSize(30).doesNotHaveDuplicates();
    assertThat(ends).containsExactly(RunStatus.SUCCEEDED);
  }

  private static RotationListener onEnd(Set<RunStatus> ends) {
    return new RotationListener() {
      @Override
      public void onRunEnded(RotationReport report) {
        ends.add(report.status());
      }
    };
  }

  @Test
  void listener_isToldTheProgressOfSteps() {
    Set<String> told = ConcurrentHashMap.newKeySet();

    world
        .runner()
        .listener(
            new RotationListener() {
              @Override
              public void onStepProgress(
                  RotationPlan plan, StepDescription step, Progress progress) {
                told.add(plan.targetId() + "/" + step.id() + ": " + progress.describe());
              }
            })
        .build()
        .run(Fleet.of(FleetWorld.plans(2)))
        .requireComplete();

    assertThat(told)
        .contains("thing-0/copy: 1 of 2 objects, 0 bytes", "thing-1/copy: 1 of 2 objects, 0 bytes");
  }

  @Test
  void listener_whenItBlocks_holdsUpNoRunAndIsToldTheRestWhenItGoesOn() {
    CountDownLatch allSettled = new CountDownLatch(5);
    List<String> told = new ArrayList<>();
    world.takes(
        name -> {
          if (name.endsWith("watch")) {
            allSettled.countDown();
          }
          return Duration.ofMinutes(1);
        });

    FleetReport report =
        world
            .runner()
            .listener(
                new RotationListener() {
                  @Override
                  public void onStepStarted(RotationPlan plan, StepDescription step) {
                    try {
                      allSettled.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    told.add(plan.targetId() + "/" + step.id());
                    throw new IllegalStateException("a listener cannot steer");
                  }
                })
            .build()
            .run(Fleet.of(FleetWorld.plans(5)));

    assertThat(report.isComplete()).isTrue();
    assertThat(told).hasSize(25);
    assertThat(told.stream().filter(step -> step.startsWith("thing-3/")))
        .containsExactly(
            "thing-3/copy", "thing-3/compare", "thing-3/switch", "thing-3/settle", "thing-3/watch");
  }

  @Test
  void listener_whenItNeverReturns_isLeftBehind() throws InterruptedException {
    AtomicInteger told = new AtomicInteger();
    CountDownLatch entered = new CountDownLatch(1);
    ListenerThread listeners =
        new ListenerThread(
            FleetWorld.plans(1).get(0).runId(),
            List.of(
                new RotationListener() {
                  @Override
                  public void onStepStarted(RotationPlan plan, StepDescription step) {
                    entered.countDown();
                    told.incrementAndGet();
                    never();
                  }
                }),
            Duration.ofMillis(50),
            report -> true);
    listeners.start();
    RotationPlan plan = FleetWorld.plans(1).get(0);
    for (int i = 0; i < 10_100; i++) {
      listeners.onStepStarted(plan, plan.steps().get(0));
    }

    entered.await();
    listeners.close();

    assertThat(told).hasValue(1);
  }

  @Test
  void look_whenAllThreadsOfARegionStandStill_holdsUpNoOtherRegion() {
    Random random = new Random(1);
    List<RotationPlan> plans = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      plans.add(FleetWorld.plan(random, i, i < 6 ? "eu-central-1" : "eu-west-1"));
    }
    CountDownLatch others = new CountDownLatch(6);
    for (int i = 0; i < 6; i++) {
      world.trouble("thing-" + i, "copy", () -> blockedUntil(others));
    }
    world.takes(
        name -> {
          if (name.endsWith("watch")) {
            others.countDown();
          }
          return Duration.ZERO;
        });

    FleetReport report =
        world
            .runner()
            .failureBudget(FailureBudget.ofShare(1))
            .approval(Approvals.before(Phase.RETIRE, request -> Approval.later()))
            .build()
            .run(Fleet.of(plans));

    assertThat(report.summary()).isEqualTo("6 SUCCEEDED, 6 BLOCKED");
  }

  private static StepOutcome blockedUntil(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return StepOutcome.blocked("No.", "No.");
  }

  private Duration makespanWhenTheClockIsPut(Duration by) {
    AtomicInteger sleeps = new AtomicInteger();
    world
        .runner()
        .sleeper(
            duration -> {
              world.turn(duration);
              if (sleeps.incrementAndGet() == 3) {
                world.putClock(by);
              }
            })
        .build()
        .run(Fleet.of(FleetWorld.plans(20)))
        .requireComplete();
    assertThat(world.timesMade()).allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
    return Duration.between(FleetWorld.START.plus(by), world.instant());
  }

  @Test
  void clock_whenItIsPutBack_delaysNothing() {
    assertThat(makespanWhenTheClockIsPut(Duration.ofDays(-30))).isLessThan(Duration.ofMinutes(10));
  }

  @Test
  void clock_whenItIsPutForth_makesThingsDueAndNothingElse() {
    assertThat(makespanWhenTheClockIsPut(Duration.ofHours(11))).isLessThan(Duration.ofMinutes(10));
  }
}
