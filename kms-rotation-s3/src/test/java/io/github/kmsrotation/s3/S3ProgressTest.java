package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Progress;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.RotationListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a listener is told of a run that goes through many objects. */
class S3ProgressTest {

  private static final Duration FOR_A_BATCH = Duration.ofSeconds(10);

  @TempDir Path directory;
  private S3World world;
  private final Map<String, List<Progress>> told = new HashMap<>();
  private final List<String> seen = new ArrayList<>();

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** A batch takes ten seconds of the clock. */
  private final class Told implements RotationListener {
    @Override
    public void onStepProgress(RotationPlan plan, StepDescription step, Progress progress) {
      told.computeIfAbsent(step.id(), id -> new ArrayList<>()).add(progress);
      world.aws.clock().advance(FOR_A_BATCH);
    }

    @Override
    public void onStepWaiting(RotationPlan plan, StepDescription step, Condition condition) {
      seen.add(condition.seen());
    }
  }

  private List<Progress> toldOf(String step) {
    return told.getOrDefault(step, List.of());
  }

  @Test
  void listener_isToldObjectsBytesSpeedAndEnd() {
    IntStream.range(0, 350)
        .forEach(i -> world.aws.s3().plantZeros(S3World.BUCKET, "order-%03d".formatted(i), 1_000));

    world
        .runner(world.options().concurrency(1).build())
        .listener(new Told())
        .build()
        .run(world.planner().plan())
        .requireComplete();

    List<Progress> moving = toldOf(ReencryptStep.ID);
    assertThat(moving).extracting(Progress::objects).containsExactly(100L, 200L, 300L);
    assertThat(moving).extracting(Progress::bytes).containsExactly(100_000L, 200_000L, 300_000L);
    assertThat(moving.get(0).objectsPerSecond()).isZero();
    assertThat(moving.get(0).estimatedEnd()).isEmpty();
    assertThat(moving.get(2).objectsPerSecond()).isBetween(10.0, 20.0);
    List<Progress> verifying = toldOf(VerifyObjectsStep.ID);
    assertThat(verifying)
        .extracting(Progress::ofObjects)
        .containsExactly(OptionalLong.of(350), OptionalLong.of(350), OptionalLong.of(350));
    Progress last = verifying.get(2);
    assertThat(last.estimatedEnd().orElseThrow())
        .isBetween(
            world.aws.clock().instant().minus(FOR_A_BATCH),
            world.aws.clock().instant().minus(FOR_A_BATCH).plusSeconds(5));
    assertThat(seen.get(seen.size() - 1)).contains("300 of 350 objects, 300,000 bytes", "done at");
  }

  @Test
  void listener_isToldTheEnd_onceAllAreCounted() {
    IntStream.range(0, 700)
        .forEach(i -> world.aws.s3().plantZeros(S3World.BUCKET, "order-%04d".formatted(i), 0));

    world
        .runner(world.options().concurrency(2).build())
        .listener(new Told())
        .build()
        .run(world.planner().plan())
        .requireComplete();

    List<Progress> moving = toldOf(ReencryptStep.ID);
    Progress last = moving.get(moving.size() - 1);
    assertThat(last.ofObjects()).hasValue(700);
    assertThat(last.estimatedEnd()).isPresent();
  }
}
