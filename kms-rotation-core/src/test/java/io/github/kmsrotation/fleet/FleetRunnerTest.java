package io.github.kmsrotation.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Limits, the budget, waves, and outcomes as data. */
class FleetRunnerTest {

  private final FleetWorld world = new FleetWorld();

  private static FleetLimits.Builder limits() {
    return FleetLimits.builder().inFlight(1000).inFlightPerRegion(1000);
  }

  private RotationRunner single() {
    return RotationRunner.builder()
        .journal(world.journal)
        .with(new FleetToy.World(world))
        .clock(world)
        .sleeper(world::turn)
        .build();
  }

  @Test
  void run_whenNothingGoesWrong_completesEveryRunAndHoldsNothing() {
    FleetReport report = world.runner().build().run(Fleet.of(FleetWorld.plans(50)));

    assertThat(report.requireComplete().of(FleetOutcome.SUCCEEDED)).hasSize(50);
    assertThat(world.timesMade()).hasSize(200).allSatisfy((name, times) -> assertOnce(times));
    assertThat(world.open()).isZero();
    assertThat(world.journal.owned()).isZero();
  }

  private static void assertOnce(int times) {
    assertThat(times).isEqualTo(1);
  }

  @Test
  void run_ofAFleetThatWasRunBefore_isRefused() {
    Fleet fleet = Fleet.of(FleetWorld.plans(2));
    FleetRunner runner = world.runner().build();
    runner.run(fleet);

    assertThatThrownBy(() -> runner.run(fleet)).isInstanceOf(RunInUseException.class);
    assertThat(runner.resume(fleet.id()).isComplete()).isTrue();
  }

  @Test
  void run_neverHasMoreInFlightThanAreAllowed() {
    world.runner().limits(limits().inFlight(7).build()).build().run(fleetOf(40)).requireComplete();

    assertThat(world.mostOpen()).isEqualTo(7);
  }

  private static Fleet fleetOf(int plans) {
    return Fleet.of(FleetWorld.plans(plans));
  }

  @Test
  void run_neverHasMoreOfAKindInFlightThanAreAllowed() {
    FleetLimits three = limits().inFlightOfKind(FleetToy.KIND, 3).build();

    world.runner().limits(three).build().run(fleetOf(20)).requireComplete();

    assertThat(world.mostOpen()).isEqualTo(3);
  }

  @Test
  void run_whenOneRegionIsFull_goesOnInTheOthers() {
    Random random = new Random(1);
    List<RotationPlan> plans = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      plans.add(FleetWorld.plan(random, i, i < 10 ? "eu-central-1" : "eu-west-1"));
    }
    FleetLimits perRegion = limits().inFlightPerRegion(2).inFlightInRegion("eu-west-1", 4).build();

    world.runner().limits(perRegion).build().run(Fleet.of(plans)).requireComplete();

    assertThat(world.mostOpen()).isEqualTo(6);
    assertThat(world.order().subList(0, 6))
        .containsExactlyInAnyOrder(
            "thing-0/copy",
            "thing-1/copy",
            "thing-10/copy",
            "thing-11/copy",
            "thing-12/copy",
            "thing-13/copy");
  }

  @Test
  void run_whenSomeFailAndSomeAreBlocked_bringsTheOthersToTheirEndAndSaysWhy() {
    world.trouble("thing-1", "copy", () -> StepOutcome.blocked("It has changed.", "Plan anew."));
    world.trouble(
        "thing-2",
        "switch",
        () -> {
          throw new IllegalStateException("a bug");
        });
    world.trouble(
        "thing-3",
        "copy",
        () -> {
          throw new NoClassDefFoundError("org/example/Missing");
        });

    FleetReport report = tolerant().run(fleetOf(10));

    assertThat(report.summary()).isEqualTo("7 SUCCEEDED, 1 BLOCKED, 2 FAILED");
    assertThat(report.of(FleetOutcome.BLOCKED).get(0).reason()).contains("has changed. Plan anew.");
    assertThat(report.of(FleetOutcome.FAILED).get(0).reason()).contains("switch", "a bug");
    assertThat(report.of(FleetOutcome.FAILED).get(1).reason()).contains("org/example/Missing");
    assertThat(report.describe()).contains("thing-1", "thing-2", "thing-3").doesNotContain("g-4'");
    assertThat(report.toJson()).contains("\"BLOCKED\"", "thing-1", report.fleetId().value());
    assertThatThrownBy(report::requireComplete)
        .isInstanceOfSatisfying(
            FleetIncompleteException.class, e -> assertThat(e.report()).isSameAs(report))
        .hasMessageContaining("7 SUCCEEDED, 1 BLOCKED, 2 FAILED")
        .hasMessageContaining("thing-1");
    assertThat(world.journal.owned()).isZero();
  }

  private FleetRunner tolerant() {
    return world.runner().failureBudget(FailureBudget.ofShare(1)).build();
  }

  @Test
  void whatIsLeft_whenItIsRun_goesOnWhereItStopped() {
    world.trouble("thing-1", "switch", () -> StepOutcome.blocked("Not now.", "Later."));
    FleetReport report = tolerant().run(fleetOf(5));
    world.noTroubles();

    Fleet left = report.whatIsLeft().orElseThrow();
    FleetReport second = tolerant().run(left);

    assertThat(left.runIds()).hasSize(1);
    assertThat(second.requireComplete().whatIsLeft()).isEmpty();
    assertThat(world.timesMade()).hasSize(20).allSatisfy((name, times) -> assertOnce(times));
  }

  @Test
  void failureBudget_whenItIsSpent_stopsTheStartOfNewRuns() {
    for (int i = 0; i < 10; i++) {
      world.trouble("thing-" + i, "copy", () -> StepOutcome.blocked("No.", "No."));
    }
    FleetRunner runner =
        world
            .runner()
            .workers(1)
            .limits(limits().inFlight(1).build())
            .failureBudget(FailureBudget.ofCount(2))
            .build();
    Fleet fleet = fleetOf(20);

    FleetReport report = runner.run(fleet);

    assertThat(report.summary()).isEqualTo("17 SKIPPED, 3 BLOCKED");
    assertThat(report.of(FleetOutcome.SKIPPED).get(0).reason())
        .contains("3 runs failed", "budget is 2 runs", "resume");
    world.noTroubles();
    runner.resume(fleet.id()).requireComplete();
  }

  @Test
  void failureBudget_byDefault_isFivePercent() {
    FailureBudget share = FailureBudget.ofShare(0.05);

    assertThat(share.isSpent(1, 19)).isTrue();
    assertThat(share.isSpent(1, 20)).isFalse();
    assertThat(share.isSpent(2, 20)).isTrue();
    assertThatThrownBy(() -> FailureBudget.ofShare(1.1)).hasMessageContaining("1.1");
    assertThatThrownBy(() -> FailureBudget.ofCount(-1)).hasMessageContaining("-1");
  }

  private static Fleet canaryAndRest() {
    List<RotationPlan> plans = FleetWorld.plans(10);
    return Fleet.builder().wave(plans.subList(0, 1)).wave(plans.subList(1, 10)).build();
  }

  @Test
  void waves_byDefault_stopAfterTheFirst() {
    Fleet fleet = canaryAndRest();

    FleetReport report = world.runner().build().run(fleet);

    assertThat(report.summary()).isEqualTo("1 SUCCEEDED, 9 AWAITING_APPROVAL");
    assertThat(report.of(FleetOutcome.AWAITING_APPROVAL).get(0).reason())
        .contains("Wave 2", "awaits an approval", "Resume");
    assertThat(world.timesMade()).hasSize(4);
  }

  @Test
  void wave_whenItIsApproved_beginsAfterTheOneBeforeAndStaysApproved() {
    Fleet fleet = canaryAndRest();
    List<WaveRequest> asked = new ArrayList<>();
    world.runner().build().run(fleet);
    world.trouble("thing-5", "copy", () -> StepOutcome.blocked("No.", "No."));
    FleetRunner approving =
        world
            .runner()
            .waveApproval(
                request -> {
                  asked.add(request);
                  return Approval.granted("test");
                })
            .build();

    FleetReport report = approving.resume(fleet.id());

    assertThat(report.summary()).isEqualTo("9 SUCCEEDED, 1 BLOCKED");
    assertThat(asked).singleElement().satisfies(FleetRunnerTest::tellsOfTheCanary);
    world.noTroubles();
    world.runner().build().resume(fleet.id()).requireComplete();
  }

  private static void tellsOfTheCanary(WaveRequest request) {
    assertThat(request.wave()).isEqualTo(2);
    assertThat(request.soFar().summary()).isEqualTo("1 SUCCEEDED");
  }

  @Test
  void wave_whenItIsDeniedOrTheApproverFails_isNotBegun() {
    FleetReport denied =
        world.runner().waveApproval(r -> Approval.denied("no")).build().run(canaryAndRest());
    FleetWorld other = new FleetWorld();
    FleetReport failed =
        other
            .runner()
            .waveApproval(
                request -> {
                  throw new IllegalStateException("the chat server is down");
                })
            .build()
            .run(canaryAndRest());

    assertThat(denied.of(FleetOutcome.AWAITING_APPROVAL)).hasSize(9);
    assertThat(denied.results().get(1).reason()).contains("not approved: no");
    assertThat(failed.of(FleetOutcome.AWAITING_APPROVAL)).hasSize(9);
    assertThat(failed.results().get(1).reason()).contains("the chat server is down");
  }

  @Test
  void whatIsLeft_afterTheCanary_stillNeedsTheApproval() {
    FleetReport report = world.runner().build().run(canaryAndRest());

    FleetReport second = world.runner().build().run(report.whatIsLeft().orElseThrow());

    assertThat(second.of(FleetOutcome.AWAITING_APPROVAL)).hasSize(9);
  }

  @Test
  void run_ofRunsThatWereBegunByOthers_goesOnWithThem() {
    List<RotationPlan> plans = FleetWorld.plans(3);
    List<RotationReport> stopped = plans.stream().map(single()::run).toList();
    assertThat(stopped).allMatch(report -> report.status() == RunStatus.AWAITING_APPROVAL);
    single().rollBack(plans.get(2).runId());
    List<RunId> runs = new ArrayList<>(plans.stream().map(RotationPlan::runId).toList());
    runs.add(new RunId("unknown123"));

    FleetReport report = tolerant().run(Fleet.ofRuns(runs));

    assertThat(report.summary()).isEqualTo("2 SUCCEEDED, 1 FAILED, 1 ROLLED_BACK");
    assertThat(report.of(FleetOutcome.FAILED).get(0).plan()).isEmpty();
    assertThat(report.whatIsLeft().orElseThrow().runIds()).containsExactly(runs.get(3));
  }

  @Test
  void run_whenSomebodyElseExecutesOne_skipsIt() {
    List<RotationPlan> plans = FleetWorld.plans(3);
    FleetReport report;
    try (RunLog held = world.journal.create(plans.get(1).runId())) {
      assertThat(held.entries()).isEmpty();
      report = world.runner().build().run(Fleet.of(plans));
    }

    assertThat(report.summary()).isEqualTo("2 SUCCEEDED, 1 SKIPPED");
    world.runner().build().run(report.whatIsLeft().orElseThrow()).requireComplete();
  }

  @Test
  void run_whenTwoPlansAreForOneTarget_executesOne() {
    Random random = new Random(1);
    RotationPlan one = FleetWorld.plan(random, 1, "eu-central-1");
    RotationPlan two = FleetWorld.plan(random, 1, "eu-central-1");

    FleetReport report = world.runner().build().run(Fleet.of(List.of(one, two)));

    assertThat(report.summary()).isEqualTo("1 SUCCEEDED, 1 SKIPPED");
    assertThat(report.results().get(1).reason()).contains(one.runId().value(), "same target");
    assertThatThrownBy(() -> Fleet.of(List.of(one, one))).hasMessageContaining("twice");
    assertThatThrownBy(() -> Fleet.of(List.of())).hasMessageContaining("at least one");
  }

  @Test
  void run_whenPhasesAreNotApproved_endsThoseRunsAwaitingApproval() {
    FleetReport report =
        world.runner().approval(Approvals.stopBeforeCutoverAndRetire()).build().run(fleetOf(3));

    assertThat(report.of(FleetOutcome.AWAITING_APPROVAL)).hasSize(3);
    assertThat(report.results().get(0).reason()).contains("CUTOVER");
    assertThat(world.timesMade().keySet()).allMatch(name -> name.endsWith("/copy"));
  }

  @Test
  void optionsFor_whenItThrowsForOnePlan_failsThatRun() {
    FleetReport report =
        world
            .runner()
            .failureBudget(FailureBudget.ofCount(1))
            .optionsFor(
                plan -> {
                  if (plan.targetId().equals("thing-1")) {
                    throw new IllegalStateException("no client for it");
                  }
                  return Optional.empty();
                })
            .build()
            .run(fleetOf(3));

    assertThat(report.summary()).isEqualTo("2 SUCCEEDED, 1 FAILED");
    assertThat(report.results().get(1).reason()).contains("no client for it");
  }

  @Test
  void resume_ofARunByTheWrongRunner_saysWhichIsRight() {
    Fleet fleet = fleetOf(1);
    FleetRunner runner = world.runner().build();
    runner.run(fleet);
    RotationRunner single = single();

    assertThatThrownBy(() -> single.resume(fleet.id()))
        .isInstanceOf(RotationException.class)
        .hasMessageContaining("FleetRunner.resume");
    assertThatThrownBy(() -> runner.resume(fleet.runIds().get(0)))
        .isInstanceOf(RotationException.class)
        .hasMessageContaining("RotationRunner.resume");
  }
}
