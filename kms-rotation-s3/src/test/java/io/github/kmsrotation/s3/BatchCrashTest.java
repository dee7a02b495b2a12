package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3control.model.JobStatus;

/** Every call of a run with a job refused, lost, or its last; resumed, and rolled back. */
class BatchCrashTest {

  /** What a run of an unversioned bucket sends. */
  private static final List<String> CALLS =
      List.of(
          "PutObject",
          "UpdateObjectEncryption",
          "DeleteObject",
          "PutBucketEncryption",
          "CreateMultipartUpload",
          "UploadPart",
          "CompleteMultipartUpload",
          "CreateJob",
          "UpdateJobStatus");

  @TempDir Path directory;
  private BatchWorld batch;

  @BeforeEach
  void create() {
    batch = new BatchWorld(directory);
    batch.world.put("a");
    batch.world.plantUnencrypted("plain");
    batch.world.aws.calls().clear();
  }

  @AfterEach
  void close() {
    batch.close();
  }

  static IntStream everyCall() {
    return IntStream.rangeClosed(1, CALLS.size());
  }

  /** As if the process had been killed: the runner catches no Error. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** At a call that changes something: before it is sent, or after it was answered. */
  private record KillAt(AtomicInteger left, boolean afterwards) implements ExecutionInterceptor {

    private static final Set<String> READS = Set.of("Head", "Get", "List", "Describe");

    private void meet(Object request) {
      String name = request.getClass().getSimpleName();
      if (READS.stream().noneMatch(name::startsWith) && left.decrementAndGet() == 0) {
        throw new Killed();
      }
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      if (!afterwards) {
        meet(context.request());
      }
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      if (afterwards) {
        meet(context.request());
      }
    }
  }

  @Test
  void run_changesAwsByTheseCallsOnly() {
    RotationPlan plan = batch.plan(BatchManifest.listed());

    assertMoved(batch.runner(options()).build().run(plan));

    assertThat(batch.world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(CALLS);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void run_whenTheAnswerOfTheNthCallIsLost_endsTheSame(int n) {
    RotationPlan plan = batch.plan(BatchManifest.listed());
    batch.world.aws.faults().onMutating().nth(n).dropAfter();

    assertMoved(batch.runner(options()).build().run(plan));

    assertThat(batch.world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void run_whenTheNthCallIsRefused_isResumedToTheSameEnd_orRolledBack(int n) {
    RotationPlan plan = batch.plan(BatchManifest.listed());
    batch.world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);
    assertThat(batch.runner(options()).build().run(plan).status())
        .isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertMoved(batch.resume(plan, options()));
    assertRolledBack(plan);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rollBack_whenTheNthCallWasRefused_leavesNothingAndNoJobThatRuns(int n) {
    RotationPlan plan = batch.plan(BatchManifest.listed());
    batch.world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);
    batch.runner(options()).build().run(plan);
    batch.world.aws.faults().clear();
    batch.world.aws.faults().onMutating().times(2).dropAfter();

    assertRolledBack(plan);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void run_thatIsKilledBeforeTheNthCall_isResumedToTheSameEnd(int n) {
    killAt(n, false);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void run_thatIsKilledAfterTheNthCall_isResumedToTheSameEnd(int n) {
    killAt(n, true);
  }

  private void killAt(int n, boolean afterwards) {
    RotationPlan plan = batch.plan(BatchManifest.listed());
    KillAt kill = new KillAt(new AtomicInteger(n), afterwards);
    S3Options mortal =
        batch
            .options(BatchManifest.listed())
            .client(batch.s3(kill))
            .batchOperations(
                BatchOperations.builder(batch.control(kill), batch.role, BatchWorld.ARTIFACTS)
                    .build())
            .build();
    assertThatThrownBy(() -> batch.runner(mortal).build().run(plan)).isInstanceOf(Killed.class);

    assertMoved(batch.resume(plan, options()));
  }

  private S3Options options() {
    return batch.options(BatchManifest.listed()).build();
  }

  private void assertMoved(RotationReport report) {
    report.requireComplete();
    assertThat(batch.world.head("a").ssekmsKeyId()).isEqualTo(batch.world.newKey);
    assertThat(batch.world.head("plain").serverSideEncryption()).isNull();
    assertThat(batch.jobs()).hasSize(1);
    assertThat(uploads()).isEmpty();
    assertThat(batch.world.versions()).hasSize(2);
  }

  private void assertRolledBack(RotationPlan plan) {
    RotationReport back = batch.runner(options()).build().rollBack(plan.runId());

    assertThat(back.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(batch.jobs())
        .allMatch(job -> job.status() == JobStatus.CANCELLED || job.status() == JobStatus.COMPLETE);
    assertThat(uploads()).isEmpty();
    assertThat(
            batch.world.s3.listObjectsV2(r -> r.bucket(BatchWorld.ARTIFACTS)).contents().stream()
                .map(object -> object.key()))
        .noneMatch(key -> key.endsWith("-manifest.csv"));
    assertThat(batch.world.versions()).hasSize(2);
  }

  private List<MultipartUpload> uploads() {
    return batch.world.s3.listMultipartUploads(r -> r.bucket(BatchWorld.ARTIFACTS)).uploads();
  }
}
