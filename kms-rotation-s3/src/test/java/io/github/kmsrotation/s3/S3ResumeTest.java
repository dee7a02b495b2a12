package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.s3.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionRequest;

/** What is cut off goes on; what is throttled slows down; what is refused is tried again. */
class S3ResumeTest {

  @TempDir Path directory;
  private S3World world;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** As if the process had been killed: the runner catches no Error. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class KillAt implements ExecutionInterceptor {
    private final AtomicInteger left;

    KillAt(int number) {
      left = new AtomicInteger(number);
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      if (context.request() instanceof UpdateObjectEncryptionRequest
          && left.decrementAndGet() <= 0) {
        throw new Killed();
      }
    }
  }

  private static final class Seen implements RotationListener {
    private final List<String> progress = new ArrayList<>();

    @Override
    public void onStepWaiting(RotationPlan plan, StepDescription step, Condition condition) {
      if (step.id().equals(ReencryptStep.ID)) {
        progress.add(condition.seen());
      }
    }
  }

  @Test
  void resume_afterAKill_goesOnWithTheBatchThatItWasAt() throws IOException {
    Together.run(
        IntStream.range(0, 1_000)
            .mapToObj(i -> (Runnable) () -> world.put("order-%05d".formatted(i)))
            .toList());
    world.plantUnencrypted("a-first");
    world.plantUnencrypted("z-last");
    RotationPlan plan = world.planner().plan();
    try (S3Client mortal =
        world.client(
            S3Client.builder()
                .overrideConfiguration(c -> c.addExecutionInterceptor(new KillAt(900))))) {
      S3Options options = world.options().client(mortal).build();
      assertThatThrownBy(() -> world.runner(options).build().run(plan)).isInstanceOf(Killed.class);
    }
    world.aws.calls().clear();
    Seen seen = new Seen();

    RotationReport report =
        world
            .runner(world.options().build())
            .listener(seen)
            .build()
            .resume(plan.runId())
            .requireComplete();

    assertThat(report.steps().get(3).evidence().get(1).actual()).isEqualTo("1000");
    assertThat(world.aws.calls().of("UpdateObjectEncryption")).hasSizeBetween(100, 120);
    assertThat(world.aws.calls().of("HeadObject")).hasSize(202 + 1_002);
    assertThat(Files.readString(directory.resolve(plan.runId() + "-objects.csv")))
        .isEqualTo(
            "orders-archive,a-first,null,UNENCRYPTED,\norders-archive,z-last,null,UNENCRYPTED,\n");
    Tally moved = Tally.of(report.steps().get(2).facts());
    assertThat(moved.count(Verdict.MOVED) + moved.count(Verdict.UNDER_NEW_KEY)).isEqualTo(1_000);
    assertThat(seen.progress).isEmpty();
  }

  @Test
  void run_whichIsThrottled_slowsDownAndMovesAll() {
    IntStream.range(0, 40).forEach(i -> world.put("order-" + i));
    world.aws.faults().on("HeadObject").nth(10).times(30).throttle();
    world.aws.faults().on("UpdateObjectEncryption").nth(5).times(10).throttle();
    world
        .aws
        .faults()
        .on("UpdateObjectEncryption")
        .nth(20)
        .times(5)
        .error("KMS.ThrottlingException", 400);

    RotationReport report = world.runner().run(world.planner().plan()).requireComplete();

    assertThat(report.steps().get(2).facts().find("count.MOVED")).contains("40");
  }

  @Test
  void run_ofWhoseCallsAShareIsThrottled_slowsDownAndMovesAll() {
    IntStream.range(0, 300).forEach(i -> world.put("order-" + i));
    Random random = new Random(17);
    for (int i = 0; i < 30; i++) {
      world.aws.faults().on("HeadObject").nth(1 + random.nextInt(600)).throttle();
      world.aws.faults().on("UpdateObjectEncryption").nth(2 + random.nextInt(300)).throttle();
      world
          .aws
          .faults()
          .on("UpdateObjectEncryption")
          .nth(2 + random.nextInt(300))
          .error("KMS.ThrottlingException", 400);
    }
    world.aws.faults().on("ListObjectVersions").times(2).throttle();

    RotationReport report = world.runner().run(world.planner().plan()).requireComplete();

    assertThat(world.aws.faults().fired()).isGreaterThan(60);
    assertThat(report.steps().get(2).facts().find("count.MOVED")).contains("300");
    assertThat(report.steps().get(3).evidence().get(1).actual()).isEqualTo("300");
  }

  @Test
  void run_whoseAnswersAreLost_movesAll() {
    IntStream.range(0, 20).forEach(i -> world.put("order-" + i));
    world.aws.faults().on("UpdateObjectEncryption").nth(5).times(3).dropAfter();
    world.aws.faults().on("UpdateObjectEncryption").nth(9).times(3).dropBefore();

    RotationReport report = world.runner().run(world.planner().plan()).requireComplete();

    assertThat(report.steps().get(3).evidence().get(1).actual()).isEqualTo("20");
  }

  @Test
  void run_whichIsRefusedSomeObjects_movesTheOthersAndStops_andResumedTriesThemAgain()
      throws IOException {
    world.put("open/1");
    world.put("closed/1");
    world.setPolicy(denying("s3:UpdateObjectEncryption", "closed/*"));
    RotationPlan plan = world.planner().plan();

    RotationReport stopped = world.runner().run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("closed/1", "AccessDenied");
    assertThat(world.head("open/1").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(Files.readString(directory.resolve(plan.runId() + "-objects.csv")))
        .isEqualTo("orders-archive,closed/1,null,FAILED,AccessDenied 403\n");
    world.s3.deleteBucketPolicy(r -> r.bucket(S3World.BUCKET));
    world.runner().resume(plan.runId()).requireComplete();
    assertThat(world.head("closed/1").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(Files.readString(directory.resolve(plan.runId() + "-objects.csv"))).isEmpty();
  }

  @Test
  void run_whichIsRefusedSomeObjects_goesOnWhereThatIsAccepted() {
    world.put("open/1");
    world.put("closed/1");
    world.setPolicy(denying("s3:GetObject*", "closed/*"));

    RotationReport report =
        world
            .runner(world.options().iAcceptThatSomeObjectsStay().build())
            .build()
            .run(world.planner().plan())
            .requireComplete();

    assertThat(report.steps().get(2).facts().find("stays.00"))
        .contains("closed/1 (version null): refused by AWS, AccessDenied 403");
    assertThat(report.steps().get(3).evidence().get(0).actual()).isEqualTo("1");
  }

  @Test
  void run_whoseCredentialsExpire_stopsInsteadOfListingObjects() {
    world.put("a");
    RotationPlan plan = world.planner().plan();
    world.aws.faults().on("UpdateObjectEncryption").nth(2).error("ExpiredToken", 400);

    RotationReport report = world.runner().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason()).contains("ExpiredToken", "Mend the credentials");
    world.runner().resume(plan.runId()).requireComplete();
  }

  @Test
  void verification_whenSomebodyWritesUnderTheOldKeyMeanwhile_stops() {
    world.put("a");
    RotationPlan plan = world.planner().plan();
    RotationListener writer =
        new RotationListener() {
          @Override
          public void onStepStarted(RotationPlan p, StepDescription step) {
            if (step.id().equals(VerifyObjectsStep.ID)) {
              world.put("late", r -> r.serverSideEncryption("aws:kms").ssekmsKeyId(world.oldKey));
            }
          }
        };

    RotationReport report =
        world.runner(world.options().build()).listener(writer).build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("1 of 2 versions", "late", "make a new plan");
  }

  private static String denying(String action, String objects) {
    return """
    {"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
     "Action":"%s","Resource":"arn:aws:s3:::orders-archive/%s"}}
    """
        .formatted(action, objects);
  }
}
