package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** No version is deleted but by choice, and then only the equals of what took their place. */
class S3OldVersionsTest {

  @TempDir Path directory;
  private S3World world;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
    world.enableVersioning();
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void deletion_ofSupersededVersions_deletesThemAndNoOther() {
    world.put("a", S3OldVersionsTest::twice);
    world.put("a", S3OldVersionsTest::twice);
    world.put("b");
    world.put("b");
    List<ObjectVersion> before = world.versions();

    RotationReport report = rotate();

    assertThat(world.versions()).hasSize(4).doesNotContain(before.get(0)).contains(before.get(1));
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.read("a")).isEqualTo("content of a");
    assertThat(report.steps().get(6).facts().find("count.DELETED")).contains("1");
  }

  @Test
  void deletion_standsInRetire_isIrreversible_andIsSaid() {
    RotationPlan plan = plan();

    StepDescription step = plan.steps().get(6);
    assertThat(step.phase()).isEqualTo(Phase.RETIRE);
    assertThat(step.undo()).isEqualTo(Undo.IRREVERSIBLE);
    assertThat(step.calls()).containsExactly("s3:DeleteObjectVersion");
    assertThat(plan.describe()).contains("That cannot be undone.");
    assertThat(world.planner().plan().steps()).noneMatch(s -> s.phase() == Phase.RETIRE);
  }

  @Test
  void deletion_thatIsNotApproved_deletesNothing() {
    world.put("a", S3OldVersionsTest::twice);

    RotationReport report =
        world
            .runner(options())
            .approval(Approvals.before(Phase.RETIRE, request -> Approval.later()))
            .build()
            .run(plan());

    assertThat(report.status()).isNotEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.versions()).hasSize(2);
  }

  @Test
  void deletion_ofAVersionWhoseCopyIsGone_orThatIsLocked_keepsIt() throws IOException {
    world.s3.putObjectLockConfiguration(
        r -> r.bucket(S3World.BUCKET).objectLockConfiguration(c -> c.objectLockEnabled("Enabled")));
    world.put("gone", S3OldVersionsTest::twice);
    world.put("held", r -> twice(r).objectLockLegalHoldStatus("ON"));
    world.put("fine", S3OldVersionsTest::twice);
    world.plantUnencrypted("plain");
    RotationPlan plan = plan();
    world
        .runner(options())
        .approval(Approvals.before(Phase.RETIRE, request -> Approval.later()))
        .build()
        .run(plan);
    ObjectVersion copy =
        world.versions().stream()
            .filter(v -> v.key().equals("gone") && v.isLatest())
            .findFirst()
            .orElseThrow();
    world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("gone").versionId(copy.versionId()));

    world.runner(options()).build().resume(plan.runId()).requireComplete();

    assertThat(versionsOf("gone")).isEqualTo(1);
    assertThat(versionsOf("held")).isEqualTo(2);
    assertThat(versionsOf("fine")).isEqualTo(1);
    assertThat(Files.readString(directory.resolve(plan.runId() + "-superseded-kept.csv")))
        .contains("gone", "is gone", "held", "legal hold")
        .doesNotContain("fine");
  }

  @Test
  void deletion_ofAVersionThatIsAnotherOneByNow_keepsIt() {
    setVersioning(BucketVersioningStatus.SUSPENDED);
    world.put("a", S3OldVersionsTest::twice);
    setVersioning(BucketVersioningStatus.ENABLED);
    RotationPlan plan = plan();
    world
        .runner(options())
        .approval(Approvals.before(Phase.RETIRE, request -> Approval.later()))
        .build()
        .run(plan);
    setVersioning(BucketVersioningStatus.SUSPENDED);
    world.aws.clock().advance(Duration.ofMinutes(1));
    world.put("a", S3OldVersionsTest::twice);

    world.runner(options()).build().resume(plan.runId()).requireComplete();

    assertThat(world.versions()).hasSize(2);
    assertThat(world.s3.headObject(r -> r.bucket(S3World.BUCKET).key("a")).versionId())
        .isEqualTo("null");
  }

  private void setVersioning(BucketVersioningStatus status) {
    world.s3.putBucketVersioning(
        r -> r.bucket(S3World.BUCKET).versioningConfiguration(v -> v.status(status)));
  }

  @Test
  void deletion_whoseAnswersAreLost_isCompleteAndDeletesNothingElse() {
    for (int i = 0; i < 4; i++) {
      world.put("object-" + i, S3OldVersionsTest::twice);
    }
    world.aws.faults().on("DeleteObject").nth(3).times(2).dropAfter();

    rotate();

    assertThat(world.versions()).hasSize(4);
    assertThat(world.read("object-3")).isEqualTo("content of object-3");
  }

  @Test
  void file_ofAKilledProcess_isReadUpToItsLastWholeLine() throws IOException {
    Path list = directory.resolve("list.csv");
    SupersededFile file = new SupersededFile(list);
    file.add(new Superseded("a,b\nü", "v1", "v2"));
    Files.writeString(list, "half,a", StandardCharsets.US_ASCII, StandardOpenOption.APPEND);

    SupersededFile.Stretch stretch = file.read(0, 10);

    assertThat(stretch.lines()).containsExactly(new Superseded("a,b\nü", "v1", "v2"));
    file.add(new Superseded("c", "v3", "v4"));
    assertThat(file.read(stretch.end(), 10).lines())
        .containsExactly(new Superseded("c", "v3", "v4"));
  }

  @Test
  void run_ofAPlanThatDeletes_withoutAPlaceForTheList_isRefused() {
    RotationPlan plan = plan();
    S3Options without = S3Options.builder().client(world.s3).build();

    assertThatThrownBy(() -> world.runner(without).build().run(plan))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("reportIn");
  }

  private long versionsOf(String key) {
    return world.versions().stream().filter(v -> v.key().equals(key)).count();
  }

  private S3Options options() {
    return world
        .options()
        .rewriteWhatCannotBeUpdated()
        .oldVersions(OldVersions.DELETE_SUPERSEDED)
        .build();
  }

  private RotationPlan plan() {
    return world.planner().with(options()).plan();
  }

  private RotationReport rotate() {
    return world.runner(options()).build().run(plan()).requireComplete();
  }

  private static PutObjectRequest.Builder twice(PutObjectRequest.Builder request) {
    return request.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE);
  }
}
