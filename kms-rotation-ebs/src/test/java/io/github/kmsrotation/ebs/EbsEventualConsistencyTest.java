package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
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

  @ParameterizedTest
  @ValueSource(strings = {"ROOT_VOLUME_BY_TASK", "COPIED_VOLUME", "FROZEN_VOLUME"})
  void otherWays_endTheSameWithTheSameResources(String way) {
    String device = way.equals("ROOT_VOLUME_BY_TASK") ? EbsWorld.ROOT : EbsWorld.DATA;
    String original = world.at(instance, device);
    EbsOptions options = world.application.options(way);
    world.aws.calls().clear();

    world.approving(options).run(world.planner(original).with(options).plan()).requireComplete();

    assertThat(world.describe(world.at(instance, device)).kmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.aws.ec2().volumes()).hasSize(2).doesNotContainKey(original);
    assertThat(world.aws.calls().mutating()).extracting(Call::operation).doesNotHaveDuplicates();
  }

  @Test
  void fastRestoredVolume_endsTheSame() {
    String original = world.volume(r -> {});
    EbsOptions options = world.application.options("FAST_RESTORED_VOLUME");
    world.aws.calls().clear();

    world.approving(options).run(world.planner(original).with(options).plan()).requireComplete();

    assertThat(world.aws.ec2().volumes()).hasSize(3).doesNotContainKey(original);
    assertThat(world.aws.calls().mutating()).extracting(Call::operation).doesNotHaveDuplicates();
  }

  @Test
  void snapshotAndImage_endTheSame() {
    ImageWorld copies = new ImageWorld(world);
    EbsOptions options = world.application.undecided().build();
    String snapshot = copies.snapshot("as of 2025");
    String image = copies.image();
    world.aws.calls().clear();

    world.approving(options).run(world.planner(snapshot).with(options).plan()).requireComplete();
    world.approving(options).run(world.planner(image).with(options).plan()).requireComplete();

    assertThat(world.aws.ec2().snapshots()).hasSize(3).doesNotContainKey(snapshot);
    assertThat(copies.onlyImage().imageId()).isNotEqualTo(image);
    assertThat(world.aws.calls().of("CopySnapshot")).hasSize(1);
    assertThat(world.aws.calls().of("CopyImage")).hasSize(1);
  }
}
