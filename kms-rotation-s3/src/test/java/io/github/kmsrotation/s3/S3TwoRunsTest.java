package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs at one bucket, which share no journal. */
class S3TwoRunsTest {

  @TempDir Path directory;
  @TempDir Path elsewhere;
  private S3World world;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
    world.put("a");
    world.put("b");
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RotationReport runWithAnother(Supplier<RotationPlan> other, String beforeStep) {
    RotationPlan plan = world.planner().plan();
    RotationListener starter =
        new RotationListener() {
          @Override
          public void onStepStarted(RotationPlan p, StepDescription step) {
            if (step.id().equals(beforeStep)) {
              world
                  .runner(world.options().build())
                  .journal(FileJournal.in(elsewhere))
                  .build()
                  .run(other.get())
                  .requireComplete();
            }
          }
        };
    return world.runner(world.options().build()).listener(starter).build().run(plan);
  }

  @Test
  void run_whileAnotherMovesTheBucketToAnotherKey_stopsAndTakesNothingFromIt() {
    String third = world.kms.createKey().keyMetadata().arn();

    RotationReport report =
        runWithAnother(() -> world.planner().toKey(third).plan(), ReencryptStep.ID);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("perhaps another run", third, world.newKey);
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(third);
    assertThat(world.head("b").ssekmsKeyId()).isEqualTo(third);
    assertThat(world.runner().rollBack(report.runId()).status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(third);
  }

  @Test
  void run_whichAnotherFollowedBeforeItWasVerified_doesNotCallItselfDone() {
    String third = world.kms.createKey().keyMetadata().arn();

    RotationReport report =
        runWithAnother(() -> world.planner().toKey(third).plan(), VerifyObjectsStep.ID);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("perhaps another run");
  }

  @Test
  void runs_toTheSameKey_doEachOtherNoHarm() {
    runWithAnother(() -> world.planner().plan(), ReencryptStep.ID).requireComplete();

    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }
}
