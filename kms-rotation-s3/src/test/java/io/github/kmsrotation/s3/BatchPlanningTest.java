package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.target.S3Target;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** What a plan with jobs says, and what is in its way. */
class BatchPlanningTest {

  @TempDir Path directory;
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
  void plan_saysWhatTheJobsAre_andIsReadBackWithoutOptions() {
    RotationPlan plan = batch.plan(BatchManifest.listed());

    assertThat(plan.steps())
        .extracting(StepDescription::id)
        .containsExactly(
            "prove-update",
            "set-default-encryption",
            "list-objects",
            "prepare-jobs",
            "re-encrypt",
            "verify-objects");
    assertThat(plan.describe())
        .contains(batch.role, "AWS charges for each job", "s3:CreateJob, s3:UpdateJobStatus");
    assertThat(RotationPlan.fromJson(plan.toJson())).isEqualTo(plan);
    assertThat(batch.jobs()).isEmpty();
  }

  @Test
  void plan_runWithoutAClientForJobs_isRefused() {
    RotationPlan plan = batch.plan(BatchManifest.listed());

    assertThatThrownBy(() -> batch.runner(world.options().build()).build().run(plan))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("S3Options.batchOperations");
  }

  @Test
  void list_doesNotTellBucketKeysNorKeys() {
    S3Options options =
        batch
            .options(BatchManifest.listed())
            .bucketKeys(BucketKeys.KEEP)
            .onlyUnderKey(world.oldKey)
            .build();

    assertThat(problems(world.planner().with(options)))
        .hasSize(2)
        .anyMatch(text -> text.contains("the same Bucket Key setting"))
        .anyMatch(text -> text.contains("Which key a version is under is not in the list"));
  }

  @Test
  void generatedList_ofABucketWithVersions_isRefused() {
    world.enableVersioning();

    assertThat(problems(planner(BatchManifest.generated())))
        .singleElement()
        .asString()
        .contains("AWS does not say that a list which S3 generates has older ones");
  }

  @Test
  void copiesByJobs_areRefused_asTheyHaveNoConditions() {
    S3Options options = batch.options(BatchManifest.listed()).rewriteEverything().build();

    assertThat(problems(world.planner().with(options)))
        .singleElement()
        .asString()
        .contains("its copies have no conditions");
  }

  @Test
  void requesterPays_isRefused() {
    S3Options options = batch.options(BatchManifest.listed()).iPayForRequests().build();

    assertThat(problems(world.planner().with(options)))
        .anyMatch(text -> text.contains("do not accept the costs"));
  }

  @Test
  void reports_mayNotLieAmongTheObjects() {
    S3Options options =
        batch
            .options(BatchManifest.listed())
            .batchOperations(
                BatchOperations.builder(batch.control, batch.role, S3World.BUCKET).build())
            .build();

    assertThat(problems(world.planner().with(options)))
        .singleElement()
        .asString()
        .contains("would lie among the objects");
    assertThat(
            world
                .planner(RotationPlanner.forS3(S3World.BUCKET, "orders/"))
                .with(options)
                .plan()
                .steps())
        .isNotEmpty();
  }

  @Test
  void bucketForReports_hasToBeThere() {
    S3Options options =
        batch
            .options(BatchManifest.listed())
            .batchOperations(
                BatchOperations.builder(batch.control, batch.role, "no-such-bucket").build())
            .build();

    assertThat(problems(world.planner().with(options)))
        .containsExactly("There is no such bucket for manifests and reports.");
  }

  @Test
  void inventory_ofAnotherBucket_orOfCurrentVersions_orInAnotherFormat_isRefused() {
    world.enableVersioning();
    String etag =
        put(
            """
            {"sourceBucket":"other","destinationBucket":"arn:aws:s3:::batch-artifacts",
             "fileFormat":"ORC","fileSchema":"Bucket, Key","files":[]}
            """);

    assertThat(problems(planner(inventory(etag))))
        .containsExactlyInAnyOrder(
            "It is an inventory of bucket other.",
            "It is in ORC, and S3 Batch Operations takes CSV.",
            "It has current versions only, and the bucket has others.");
  }

  @Test
  void inventory_thatIsNotThere_orNotTheOneThatWasNamed_isRefused() {
    assertThat(problems(planner(inventory("x"))))
        .singleElement()
        .asString()
        .startsWith("It cannot be read");
    put("{}");
    assertThat(problems(planner(inventory("x"))))
        .singleElement()
        .asString()
        .startsWith("Its ETag is");
  }

  @Test
  void manyVersions_makeThePlanRecommendJobs() {
    assertThat(warnings(world.options().expectedVersions(10_000_001)))
        .anyMatch(text -> text.startsWith("10,000,001 versions are expected"))
        .anyMatch(text -> text.contains("S3 Batch Operations is recommended"));
    assertThat(warnings(world.options().expectedVersions(10_000_000)))
        .noneMatch(text -> text.contains("S3 Batch Operations"));
    assertThatIllegalArgumentException().isThrownBy(() -> S3Options.builder().expectedVersions(-1));
  }

  @Test
  void optionsThatAreWrong_areRefusedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BatchOperations.builder(batch.control, "batch", BatchWorld.ARTIFACTS));
    assertThatIllegalArgumentException().isThrownBy(() -> batch.batch().artifactPrefix("no-slash"));
    assertThatIllegalArgumentException().isThrownBy(() -> batch.batch().priority(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BatchManifest.inventory("arn:aws:s3:::bucket/other.csv", "x"));
  }

  private String put(String json) {
    return world
        .s3
        .putObject(
            r -> r.bucket(BatchWorld.ARTIFACTS).key("manifest.json"), RequestBody.fromString(json))
        .eTag();
  }

  private static BatchManifest inventory(String etag) {
    return BatchManifest.inventory("arn:aws:s3:::batch-artifacts/manifest.json", etag);
  }

  private RotationPlanner<S3Target> planner(BatchManifest manifest) {
    return world.planner().with(batch.options(manifest).build());
  }

  private List<String> warnings(S3Options.Builder options) {
    return world.planner().with(options.build()).plan().warnings().stream()
        .flatMap(warning -> List.of(warning.text(), warning.remedy()).stream())
        .toList();
  }

  private static List<String> problems(RotationPlanner<S3Target> planner) {
    return catchThrowableOfType(PlanningException.class, planner::plan).problems().stream()
        .map(Notice::text)
        .toList();
  }
}
