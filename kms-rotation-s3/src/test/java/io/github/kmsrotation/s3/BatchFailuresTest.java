package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3control.model.JobStatus;
import software.amazon.awssdk.services.s3control.model.RequestedJobStatus;

/** What becomes of a run when jobs do not do what they should. */
class BatchFailuresTest {

  @TempDir Path directory;
  @TempDir Path elsewhere;
  private BatchWorld batch;
  private S3World world;

  @BeforeEach
  void create() {
    batch = new BatchWorld(directory);
    world = batch.world;
  }

  @AfterEach
  void close() {
    batch.close();
  }

  @Test
  void tasksThatFailed_areGivenToAnotherJob_whenTheRunIsResumed() throws IOException {
    world.enableVersioning();
    world.put("open/1");
    world.put("closed/1");
    world.put("closed/2");
    denyUpdatesOf("closed/*");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();

    RotationReport stopped = batch.runner(options).build().run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason())
        .contains("AWS refused 2 objects", "closed/1", "AccessDenied 403", "another job");
    assertThat(Files.readString(directory.resolve(plan.runId() + "-objects.csv")).lines())
        .hasSize(2)
        .allMatch(line -> line.endsWith(",FAILED,AccessDenied 403"));
    world.s3.deleteBucketPolicy(r -> r.bucket(S3World.BUCKET));
    world.aws.faults().on("CreateJob").dropAfter();
    RotationReport report = batch.resume(plan, options).requireComplete();
    assertThat(world.aws.faults().fired()).isEqualTo(1);
    assertThat(batch.jobs()).hasSize(2);
    assertThat(world.head("closed/2").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(batch.job(1).progressSummary().totalNumberOfTasks()).isEqualTo(2);
    assertThat(facts(report, "re-encrypt"))
        .containsEntry("tasksSucceeded", "3")
        .doesNotContainKey("count.FAILED");
  }

  @Test
  void tasksThatFailedAgain_stopTheRunAgain_andAreCountedOnce() throws IOException {
    world.put("open/1");
    world.put("closed/1");
    world.plantUnencrypted("plain");
    denyUpdatesOf("closed/*");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();
    batch.runner(options).build().run(plan);

    RotationReport again = batch.resume(plan, options);

    assertThat(again.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(again.reason()).contains("AWS refused 1 objects");
    assertThat(Files.readString(directory.resolve(plan.runId() + "-objects.csv")).lines())
        .containsExactlyInAnyOrder(
            "orders-archive,closed/1,null,FAILED,AccessDenied 403",
            "orders-archive,plain,null,UNENCRYPTED,");
    world.s3.deleteBucketPolicy(r -> r.bucket(S3World.BUCKET));
    RotationReport report = batch.resume(plan, options).requireComplete();
    assertThat(facts(report, "re-encrypt"))
        .containsEntry("count.UNENCRYPTED", "1")
        .containsEntry("tasksSucceeded", "2")
        .doesNotContainKey("count.FAILED");
    assertThat(batch.jobs()).hasSize(3);
  }

  @Test
  void tasksThatFailed_mayStayWhereThatIsAccepted() {
    world.put("open/1");
    world.put("closed/1");
    denyUpdatesOf("closed/*");
    S3Options options = batch.options(BatchManifest.listed()).iAcceptThatSomeObjectsStay().build();

    RotationReport report =
        batch.runner(options).build().run(batch.plan(BatchManifest.listed())).requireComplete();

    assertThat(facts(report, "re-encrypt")).containsEntry("count.FAILED", "1");
    assertThat(batch.jobs()).hasSize(1);
  }

  @Test
  void roleThatCannotBeAssumed_stopsTheRunBeforeAnythingMoves_andIsMendedAndResumed() {
    world.put("a");
    world.aws.s3Control().refuseRole(batch.role);
    RotationPlan plan = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();

    RotationReport stopped = batch.runner(options).build().run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason())
        .contains("cannot be assumed", "batchoperations.s3.amazonaws.com", batch.role);
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.oldKey);
    world.aws.s3Control().allowRole(batch.role);
    batch.resume(plan, options).requireComplete();
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void phaseCopy_isWhatConfirmsJobs() {
    world.put("a");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();
    List<String> told = new ArrayList<>();

    RotationReport stopped =
        batch
            .runner(options)
            .approval(
                Approvals.before(
                    Phase.COPY,
                    request -> {
                      told.add(request.report().describe());
                      return Approval.later();
                    }))
            .build()
            .run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(told.get(0)).contains("objects = 1");
    assertThat(batch.job(0).status()).isEqualTo(JobStatus.SUSPENDED);
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.oldKey);
    RotationReport back = batch.runner(options).build().rollBack(plan.runId());
    assertThat(back.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(batch.job(0).status()).isEqualTo(JobStatus.CANCELLED);
    assertThat(artifacts()).isEmpty();
  }

  @Test
  void rollBack_ofAJobThatRuns_cancelsIt_andTellsWhatStays() {
    world.put("a");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();
    RotationReport stopped =
        batch
            .watching(
                options,
                JobStatus.READY,
                () -> {
                  world.aws.s3Control().pause(batch.jobs().get(0).jobId());
                  throw new IllegalStateException("as if it were killed");
                })
            .build()
            .run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.FAILED);

    RotationReport back = batch.runner(options).build().rollBack(plan.runId());

    assertThat(back.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(back.reason()).contains("what jobs moved stays under " + world.newKey);
    assertThat(batch.job(0).status()).isEqualTo(JobStatus.CANCELLED);
  }

  @Test
  void jobThatIsPausedByAnother_isWaitedFor() {
    world.put("a");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    List<String> seen = new ArrayList<>();
    RotationListener listener =
        new RotationListener() {
          @Override
          public void onStepWaiting(RotationPlan p, StepDescription step, Condition condition) {
            seen.add(condition.seen());
            if (condition.seen().contains("is Paused")) {
              world.aws.s3Control().resume(batch.jobs().get(0).jobId());
            }
          }
        };

    batch
        .watching(
            batch.options(BatchManifest.listed()).build(),
            JobStatus.READY,
            () -> world.aws.s3Control().pause(batch.jobs().get(0).jobId()))
        .listener(listener)
        .build()
        .run(plan)
        .requireComplete();

    assertThat(seen).anyMatch(text -> text.endsWith("is Paused: 0 of 1 objects done, 0 failed"));
  }

  @Test
  void jobThatSomebodyCancels_stopsTheRun_andAnotherIsMadeWhenItIsResumed() {
    world.put("a");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();

    RotationReport stopped =
        batch
            .watching(
                options,
                JobStatus.READY,
                () -> {
                  world.aws.s3Control().pause(batch.jobs().get(0).jobId());
                  cancel(batch.jobs().get(0).jobId());
                })
            .build()
            .run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("is Cancelled, not needed");
    batch.resume(plan, options).requireComplete();
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(batch.jobs()).hasSize(2);
  }

  @Test
  void jobThatFails_asMostOfItsTasksDo_stopsTheRun() {
    IntStream.range(0, 1_100).parallel().forEach(i -> world.put("closed/" + i));
    denyUpdatesOf("closed/*");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();

    RotationReport stopped = batch.runner(options).build().run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("is Failed", "More than half");
    world.s3.deleteBucketPolicy(r -> r.bucket(S3World.BUCKET));
    batch.resume(plan, options).requireComplete();
    assertThat(world.head("closed/7").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void reportThatIsMissing_stopsTheRun_andAllIsGivenToAnotherJob() {
    world.put("a");
    world.plantUnencrypted("plain");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();

    RotationReport stopped =
        batch
            .watching(
                options,
                JobStatus.COMPLETE,
                () ->
                    artifacts().stream()
                        .filter(key -> key.contains("job-"))
                        .forEach(this::deleteArtifact))
            .build()
            .run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("1 tasks that failed", "report is not in");
    batch.resume(plan, options).requireComplete();
  }

  @Test
  void reportThatSomebodyChanged_isNotBelieved() {
    world.put("a");
    world.plantUnencrypted("plain");
    RotationPlan plan = batch.plan(BatchManifest.listed());

    RotationReport stopped =
        batch
            .watching(
                batch.options(BatchManifest.listed()).build(),
                JobStatus.COMPLETE,
                () ->
                    artifacts().stream()
                        .filter(key -> key.contains("/results/"))
                        .forEach(key -> putArtifact(key, "orders-archive,other,,failed,400,x,\n")))
            .build()
            .run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.FAILED);
    assertThat(stopped.reason()).contains("is not what AWS wrote");
  }

  @Test
  void callsThatAreThrottled_areRepeated() {
    world.put("a");
    RotationPlan plan = batch.plan(BatchManifest.listed());
    for (String call : List.of("CreateJob", "DescribeJob", "UpdateJobStatus")) {
      world.aws.faults().on(call).times(2).error("TooManyRequestsException", 400);
    }

    batch.runner(batch.options(BatchManifest.listed()).build()).build().run(plan).requireComplete();

    assertThat(world.aws.faults().fired()).isEqualTo(6);
    assertThat(batch.jobs()).hasSize(1);
  }

  @Test
  void twoRunsOfABucket_haveJobsOfTheirOwn() {
    world.put("a");
    RotationPlan one = batch.plan(BatchManifest.listed());
    S3Options options = batch.options(BatchManifest.listed()).build();
    RotationRunner.Builder somebodyElse = batch.runner(options).journal(FileJournal.in(elsewhere));
    somebodyElse
        .approval(Approvals.before(Phase.COPY, request -> Approval.later()))
        .build()
        .run(one);

    batch.run(BatchManifest.listed()).requireComplete();

    assertThat(batch.jobs()).hasSize(2);
    assertThat(batch.job(0).status()).isEqualTo(JobStatus.SUSPENDED);
    somebodyElse
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build()
        .resume(one.runId())
        .requireComplete();
    assertThat(batch.job(0).status()).isEqualTo(JobStatus.COMPLETE);
  }

  private void cancel(String job) {
    batch.control.updateJobStatus(
        r ->
            r.accountId(world.aws.accountId())
                .jobId(job)
                .requestedJobStatus(RequestedJobStatus.CANCELLED)
                .statusUpdateReason("not needed"));
  }

  private void denyUpdatesOf(String objects) {
    world.setPolicy(
        """
        {"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
         "Action":"s3:UpdateObjectEncryption","Resource":"arn:aws:s3:::orders-archive/%s"}}
        """
            .formatted(objects));
  }

  private List<String> artifacts() {
    return world.s3.listObjectsV2(r -> r.bucket(BatchWorld.ARTIFACTS)).contents().stream()
        .map(object -> object.key())
        .toList();
  }

  private void deleteArtifact(String key) {
    world.s3.deleteObject(r -> r.bucket(BatchWorld.ARTIFACTS).key(key));
  }

  private String putArtifact(String key, String text) {
    return putArtifact(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private String putArtifact(String key, byte[] bytes) {
    return world
        .s3
        .putObject(r -> r.bucket(BatchWorld.ARTIFACTS).key(key), RequestBody.fromBytes(bytes))
        .eTag();
  }

  private static Map<String, String> facts(RotationReport report, String step) {
    return report.steps().stream()
        .filter(s -> s.step().id().equals(step))
        .findFirst()
        .orElseThrow()
        .facts()
        .values();
  }
}
