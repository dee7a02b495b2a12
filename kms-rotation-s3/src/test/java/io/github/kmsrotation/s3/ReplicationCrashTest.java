package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3control.S3ControlClient;
import software.amazon.awssdk.services.s3control.model.JobListDescriptor;
import software.amazon.awssdk.services.s3control.model.JobStatus;

/** Every call that changes something is refused, loses its answer, or is the process's last. */
class ReplicationCrashTest {

  private static final String REPLICAS = ReplicationWorld.REPLICAS;

  @TempDir Path directory;
  private ReplicationWorld it;
  private S3World world;

  @BeforeEach
  void create() {
    it = new ReplicationWorld(directory);
    world = it.world;
    world.put("a", r -> r.tagging("x=y"));
    world.put("a");
    world.put("b");
    world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("b"));
  }

  @AfterEach
  void close() {
    it.close();
  }

  /** As if the process had been killed: the runner catches no Error. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** What happens to a call. */
  private enum Fate {
    REFUSED,
    LOST_BEFORE,
    LOST_AFTER,
    KILLED_BEFORE,
    KILLED_AFTER
  }

  /** The last call of a process. */
  private record Last(String request, boolean after, AtomicInteger number)
      implements ExecutionInterceptor {

    private void die(Object called, boolean isAfter) {
      if (isAfter == after
          && called.getClass().getSimpleName().equals(request + "Request")
          && number.decrementAndGet() == 0) {
        throw new Killed();
      }
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      die(context.request(), false);
    }

    @Override
    public void afterTransmission(
        Context.AfterTransmission context, ExecutionAttributes attributes) {
      die(context.request(), true);
    }
  }

  static Stream<Arguments> fates() {
    return Stream.of("PutBucketReplication", "CreateJob", "DeleteBucketReplication")
        .flatMap(call -> Stream.of(Fate.values()).map(fate -> Arguments.of(call, fate)));
  }

  @ParameterizedTest
  @MethodSource("fates")
  void run_whateverBecomesOfACall_endsWhenResumed_withOneJob(String call, Fate fate) {
    RotationPlan plan = it.plan();
    runUntil(plan, call, fate, new AtomicBoolean());

    RotationReport report = it.runner().resume(plan.runId()).requireComplete();

    assertThat(report.status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.aws.calls().of(call)).hasSizeGreaterThanOrEqualTo(1);
    assertThat(it.versions(REPLICAS))
        .extracting(ObjectVersion::versionId)
        .isEqualTo(it.versions(S3World.BUCKET).stream().map(ObjectVersion::versionId).toList());
    assertThat(it.markers(REPLICAS)).hasSize(1);
    assertThat(hasRules()).isFalse();
    assertThat(jobs()).hasSize(1);
    assertThat(it.switches).hasSize(1);
  }

  /** A call that got no answer is looked for, or made again, and stops no run. */
  static Stream<Arguments> endingFates() {
    return fates().filter(a -> !a.get()[1].toString().startsWith("LOST"));
  }

  @ParameterizedTest
  @MethodSource("endingFates")
  void rollBack_whateverBecameOfACall_leavesNeitherRuleNorJob(String call, Fate fate) {
    RotationPlan plan = it.plan();
    AtomicBoolean stopped = new AtomicBoolean();
    runUntil(plan, call, fate, stopped);
    assertThat(stopped).isTrue();

    RotationReport report = it.runner().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(hasRules()).isFalse();
    assertThat(jobs())
        .allSatisfy(job -> assertThat(job.status()).isIn(JobStatus.CANCELLED, JobStatus.COMPLETE));
    assertThat(it.versions(S3World.BUCKET)).hasSize(3);
    boolean wasSwitched = call.equals("DeleteBucketReplication");
    assertThat(it.switches).hasSize(wasSwitched ? 2 : 0);
  }

  @ParameterizedTest
  @EnumSource(Fate.class)
  void rollBack_whateverBecomesOfItsCalls_endsWhenDoneAgain(Fate fate) {
    RotationPlan plan = it.plan();
    runUntil(plan, "CreateJob", Fate.KILLED_AFTER, new AtomicBoolean());
    for (String call : List.of("UpdateJobStatus", "DeleteBucketReplication")) {
      withFate(
          call, fate, new AtomicBoolean(), (Runner runner) -> runner.of().rollBack(plan.runId()));
    }

    RotationReport report = it.runner().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(hasRules()).isFalse();
    assertThat(jobs()).hasSize(1);
    assertThat(jobs().get(0).status()).isEqualTo(JobStatus.CANCELLED);
  }

  @Test
  void run_killedWhileItCompares_goesOnWithThePageThatItWasAt() {
    IntStream.range(0, 1_100).parallel().forEach(i -> world.put("order-%04d".formatted(i)));
    RotationPlan plan = it.plan();
    AtomicBoolean stopped = new AtomicBoolean();
    Last last = new Last("HeadObject", false, new AtomicInteger(1_103 + 2_050));
    try (S3Client mortal =
        world.client(
            S3Client.builder().overrideConfiguration(c -> c.addExecutionInterceptor(last)))) {
      assertThatThrownBy(() -> it.runner(o -> o.client(mortal)).run(plan))
          .isInstanceOf(Killed.class);
      stopped.set(true);
    }
    world.aws.calls().clear();

    it.runner().resume(plan.runId()).requireComplete();

    assertThat(stopped).isTrue();
    assertThat(world.aws.calls().of("HeadObject")).hasSizeLessThan(300);
    assertThat(it.versions(REPLICAS)).hasSize(1_103);
  }

  private interface Runner {
    RotationRunner of();
  }

  private interface Work {
    RotationReport with(Runner runner);
  }

  private void runUntil(RotationPlan plan, String call, Fate fate, AtomicBoolean stopped) {
    withFate(call, fate, stopped, (Runner runner) -> runner.of().run(plan));
  }

  /** Does something that one call of which meets its fate. */
  private void withFate(String call, Fate fate, AtomicBoolean stopped, Work work) {
    Last last =
        new Last(
            fate == Fate.KILLED_AFTER || fate == Fate.KILLED_BEFORE ? call : "",
            fate == Fate.KILLED_AFTER,
            new AtomicInteger(1));
    switch (fate) {
      case REFUSED -> world.aws.faults().on(call).nth(1).error("AccessDenied", 403);
      case LOST_BEFORE -> world.aws.faults().on(call).nth(1).times(4).dropBefore();
      case LOST_AFTER -> world.aws.faults().on(call).nth(1).times(4).dropAfter();
      default -> {
        // the client dies
      }
    }
    try (S3Client mortal =
            world.client(
                S3Client.builder().overrideConfiguration(c -> c.addExecutionInterceptor(last)));
        S3ControlClient control = it.control(last)) {
      RotationReport report =
          work.with(
              () ->
                  it.runner(
                      o ->
                          o.client(mortal)
                              .replicateTo(it.replication().s3Control(control).build())));
      stopped.set(report.status() != RunStatus.SUCCEEDED);
    } catch (Killed e) {
      stopped.set(true);
    }
  }

  private List<JobListDescriptor> jobs() {
    return it.control.listJobs(r -> r.accountId(world.aws.accountId())).jobs();
  }

  private boolean hasRules() {
    try {
      world.s3.getBucketReplication(r -> r.bucket(S3World.BUCKET));
      return true;
    } catch (S3Exception e) {
      assertThat(e.awsErrorDetails().errorCode())
          .isEqualTo("ReplicationConfigurationNotFoundError");
      return false;
    }
  }
}
