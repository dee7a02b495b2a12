package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.clock.TestClock;
import io.github.kmsrotation.testkit.fault.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Real rotations through throttling, errors, lost requests and answers, eventual consistency, a new
 * key that cannot be used for a while, and processes that die while they wait. {@code
 * -Dkmsrotation.storm.runs} says how many, {@code -Dkmsrotation.storm.seed} with which to begin; a
 * failure names its seed, which meets the same again.
 */
class EbsStormTest extends CrashFixture {

  private static final int MOST_PROCESSES = 60;
  private static final List<Scenario> SCENARIOS = List.of(Scenario.values());

  /** The process is killed: nothing is written any more, and nobody catches it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private Random random = new Random();
  private boolean isKeyDisabled;

  static LongStream seeds() {
    long first = Long.getLong("kmsrotation.storm.seed", 1);
    return LongStream.range(first, first + Integer.getInteger("kmsrotation.storm.runs", 40));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void rotation_whateverFails_comesToOneOfItsEndsAndBreaksNoPromise(long seed) {
    // The first numbers of neighbouring seeds are alike.
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    create(
        SCENARIOS.get(random.nextInt(SCENARIOS.size())),
        TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")),
        Duration.ofSeconds(random.nextInt(3) * 20L));
    RotationPlan plan = plan();
    boolean goesBack = random.nextInt(3) == 0;

    RunStatus end = throughTheStorm(plan, goesBack);

    RotationReport report = plain().reportOf(plan.runId());
    world.settle();
    if (end == RunStatus.SUCCEEDED) {
      assertRotatedOnce(report);
    } else {
      assertAsBefore(report);
    }
  }

  private RunStatus throughTheStorm(RotationPlan plan, boolean goesBack) {
    boolean back = false;
    for (int process = 0; process < MOST_PROCESSES; process++) {
      stir();
      RunStatus status = oneProcess(plan, process == 0, back);
      calmDown();
      assertDataIsSomewhere();
      if (status.isFinal()) {
        return status;
      }
      boolean isStuck = status == RunStatus.BLOCKED && process > 3;
      back |= (isStuck || (goesBack && process > 1)) && mayRollBack(plan);
    }
    throw new AssertionError("It never ends: " + plain().reportOf(plan.runId()).reason());
  }

  private boolean mayRollBack(RotationPlan plan) {
    return plain().reportOf(plan.runId()).steps().stream()
        .filter(step -> step.step().id().startsWith("retire"))
        .allMatch(step -> step.status().name().equals("PENDING"));
  }

  private RunStatus oneProcess(RotationPlan plan, boolean isFirst, boolean back) {
    int waits = 1 + random.nextInt(20);
    int[] left = {random.nextInt(3) == 0 ? waits : Integer.MAX_VALUE};
    RotationRunner runner =
        world
            .runner()
            .with(options())
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                duration -> {
                  if (--left[0] == 0) {
                    throw new Killed();
                  }
                  world.aws.clock().sleep(duration);
                })
            .build();
    try {
      RotationReport report =
          isFirst
              ? runner.run(plan)
              : back ? runner.rollBack(plan.runId()) : runner.resume(plan.runId());
      return report.status();
    } catch (Killed e) {
      return RunStatus.RUNNING;
    } catch (RotationException e) {
      throw new AssertionError("A process ends in a report", e);
    }
  }

  /** Some trouble for this process. */
  private void stir() {
    if (random.nextInt(6) == 0) {
      world.kms.disableKey(r -> r.keyId(world.newKey));
      isKeyDisabled = true;
    }
    int troubles = random.nextInt(4);
    for (int trouble = 0; trouble < troubles; trouble++) {
      Faults.Rule rule =
          (random.nextBoolean() ? world.aws.faults().onMutating() : world.aws.faults().onAny())
              .nth(1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> rule.throttle();
        case 1 -> rule.error("InternalError", 500);
        case 2 -> rule.dropBefore();
        case 3 -> rule.dropAfter();
        default -> rule.error("UnauthorizedOperation", 403);
      }
    }
  }

  private void calmDown() {
    world.aws.faults().clear();
    if (isKeyDisabled) {
      world.kms.enableKey(r -> r.keyId(world.newKey));
      isKeyDisabled = false;
    }
  }

  /** Promise 1: the original goes only once what replaces it is there, whole, under the new key. */
  private void assertDataIsSomewhere() {
    for (String original : originals) {
      if (!world.aws.ec2().volumes().containsKey(original)) {
        assertThat(world.ec2.describeVolumes().volumes())
            .filteredOn(volume -> world.newKey.equals(volume.kmsKeyId()))
            .extracting(Volume::volumeId)
            .anySatisfy(
                id -> assertThat(world.read(id, TEXT.length())).isEqualTo(TEXT + "|" + TEXT));
      }
    }
  }
}
