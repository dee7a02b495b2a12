package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A rotation bears that EC2 shows what was made only later: here a minute, four polls of a step.
 */
class EbsEventualConsistencyTest {

  @TempDir Path directory;
  private EbsWorld world;
  private String instance = "";
  private Map<String, String> before = Map.of();

  @BeforeEach
  void start() {
    world =
        new EbsWorld(
            directory,
            TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")),
            Duration.ofMinutes(1));
    String data = world.volume(r -> {});
    instance = world.instance(r -> {});
    world.attach(data, instance, EbsWorld.DATA);
    before = world.attached(instance);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void rotation_endsTheSameWithTheSameResources() {
    world.approving().run(world.planner(instance).plan()).requireComplete();

    assertThat(world.aws.ec2().volumes()).hasSize(2).doesNotContainKeys(before.get(EbsWorld.ROOT));
    assertThat(world.aws.ec2().snapshots()).hasSize(2);
    assertThat(world.attached(instance)).containsOnlyKeys(before.keySet());
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CreateSnapshots", "CreateVolume"})
  void rollBack_beforeWhatWasMadeIsFound_leavesTheOriginalsServingAndNothingElse(String operation) {
    RotationPlan plan = world.planner(instance).plan();
    RotationRunner interrupted =
        world
            .runner()
            .sleeper(
                duration -> {
                  if (!world.aws.calls().of(operation).isEmpty()) {
                    throw new InterruptedException();
                  }
                  world.aws.clock().sleep(duration);
                })
            .build();
    world.aws.calls().clear();
    assertThat(interrupted.run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();

    RotationReport report = world.runner().build().rollBack(plan.runId());
    world.settle();

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.attached(instance)).isEqualTo(before);
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(before.values());
    assertThat(world.aws.ec2().snapshots()).isEmpty();
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
  }
}
