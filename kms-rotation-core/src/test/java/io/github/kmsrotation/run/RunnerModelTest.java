package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.fleet.MemoryJournal;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RunnerModel.Disturbance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Random sequences of what callers and AWS may do to a run, against a model of it that was written
 * apart from the runner. {@code -Dkmsrotation.model.sequences} says how many, {@code
 * -Dkmsrotation.model.seed} with which to begin; a failure names its seed and what was done.
 */
class RunnerModelTest {

  private static final int COMMANDS = 12;
  private static final List<Disturbance> DISTURBANCES = List.of(Disturbance.values());

  @Test
  void runner_whateverIsDoneToIt_standsWhereTheModelStands() {
    int sequences = Integer.getInteger("kmsrotation.model.sequences", 2_000);
    long first = Long.getLong("kmsrotation.model.seed", 1);
    Map<RunStatus, Integer> ends = new EnumMap<>(RunStatus.class);
    for (long seed = first; seed < first + sequences; seed++) {
      Sequence sequence = new Sequence(seed);
      try {
        ends.merge(sequence.execute(), 1, Integer::sum);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "-Dkmsrotation.model.sequences=1 -Dkmsrotation.model.seed=" + seed + sequence.done, e);
      }
    }
    if (sequences >= 100) {
      assertThat(ends).containsKeys(RunStatus.SUCCEEDED, RunStatus.ROLLED_BACK, RunStatus.RUNNING);
    }
  }

  /** One sequence of commands, done to a runner and to the model. */
  private static final class Sequence {

    private final Random random;
    private final RotationPlan plan = ToyStrategy.plan();
    private final ToyAws aws = new ToyAws();
    private final RunnerModel model = new RunnerModel();
    private final MemoryJournal journal = new MemoryJournal();
    private final List<String> done = new ArrayList<>();
    private Approval answer = Approval.later();
    private Optional<String> held = Optional.empty();

    Sequence(long seed) {
      // The first numbers of neighbouring seeds are alike.
      this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    }

    RunStatus execute() {
      for (int command = 0; command < COMMANDS; command++) {
        switch (random.nextInt(6)) {
          case 0, 1, 2 -> goOn();
          case 3 -> rollBack();
          case 4 -> stepAside();
          default -> look();
        }
        compareWorlds();
      }
      return model.status();
    }

    private RotationRunner runner() {
      return RotationRunner.builder()
          .journal(journal)
          .with(new ToyStrategy.World(aws))
          .approval(Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> answer))
          .gate((about, step) -> held.filter(step.id()::equals).map(any -> Duration.ofSeconds(1)))
          .calls(AwsCallSettings.builder().maxAttempts(1).callsPerSecond(10_000).build())
          .sleeper(duration -> {})
          .build();
    }

    /** What AWS and somebody else do meanwhile. */
    private Disturbance disturb() {
      Disturbance disturbance = DISTURBANCES.get(random.nextInt(DISTURBANCES.size()));
      aws.content(disturbance == Disturbance.CONTENT_DIFFERS ? "other" : "same");
      switch (disturbance) {
        case REFUSED -> aws.failBeforeNextCall(failure(400, "ValidationError"));
        case REQUEST_LOST -> aws.failBeforeNextCall(failure(500, "InternalFailure"));
        case ANSWER_LOST -> aws.failAfterNextCall(failure(503, "ServiceUnavailable"));
        case BROKEN -> aws.failAfterNextCall(new IllegalStateException("Somebody's bug"));
        case NONE, CONTENT_DIFFERS -> {}
      }
      return disturbance;
    }

    private static RuntimeException failure(int status, String code) {
      return AwsServiceException.builder()
          .statusCode(status)
          .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
          .build();
    }

    private void decide() {
      answer =
          switch (random.nextInt(4)) {
            case 0 -> Approval.granted("somebody");
            case 1 -> Approval.denied("not today");
            case 2 -> Approval.later();
            default -> Approval.iAcceptThatThisCannotBeUndone("somebody");
          };
    }

    private void goOn() {
      decide();
      Disturbance disturbance = disturb();
      done.add("goOn " + answer + ", " + disturbance);
      RotationReport report = model.isBegun() ? runner().resume(plan.runId()) : runner().run(plan);
      compare(report, model.goOn(answer, disturbance, Optional.empty()));
      calmDown();
    }

    /**
     * A process that gets as far as before a step, and is gone; another one is refused meanwhile.
     */
    private void stepAside() {
      decide();
      held = Optional.of(plan.steps().get(random.nextInt(plan.steps().size())).id());
      done.add("stepAside before " + held.get() + ", " + answer);
      Optional<RunStatus> expected = model.goOn(answer, Disturbance.NONE, held);
      try (RunInProgress run = runner().takeUp(plan)) {
        Tick tick = run.tick();
        assertThat(tick instanceof Tick.Held).as("is held").isEqualTo(expected.isEmpty());
        if (tick instanceof Tick.Ended ended) {
          compare(ended.report(), expected);
        }
        if (expected.isEmpty()) {
          assertThatThrownBy(() -> runner().resume(plan.runId()))
              .isInstanceOf(RunInUseException.class);
        }
      }
      held = Optional.empty();
    }

    private void rollBack() {
      if (!model.isBegun()) {
        return;
      }
      Disturbance disturbance = disturb();
      done.add("rollBack, " + disturbance);
      if (model.mayRollBack()) {
        compare(runner().rollBack(plan.runId()), Optional.of(model.rollBack(disturbance)));
      } else {
        assertThatThrownBy(() -> runner().rollBack(plan.runId()))
            .isExactlyInstanceOf(RotationException.class)
            .hasMessageContaining("cannot be rolled back");
      }
      calmDown();
    }

    private void look() {
      if (model.isBegun()) {
        done.add("reportOf");
        compareSteps(runner().reportOf(plan.runId()));
      }
    }

    /** What nobody met is over. */
    private void calmDown() {
      aws.forgetFailures();
      aws.content("same");
    }

    private void compare(RotationReport report, Optional<RunStatus> expected) {
      assertThat(Optional.of(report.status())).as("status").isEqualTo(expected);
      compareSteps(report);
    }

    private void compareSteps(RotationReport report) {
      assertThat(
              report.steps().stream().map(step -> step.step().id() + " " + step.status()).toList())
          .isEqualTo(model.steps());
    }

    private void compareWorlds() {
      assertThat(aws.things()).as("what there is").isEqualTo(model.things());
      assertThat(aws.calls()).as("calls that took effect").isEqualTo(model.calls());
    }
  }
}
