package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.RotationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** A plan for the objects under one key leaves all others alone; one that rewrites takes all. */
class S3ScopeTest {

  @TempDir Path directory;
  private S3World world;
  private String thirdKey;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
    thirdKey = world.kms.createKey().keyMetadata().arn();
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void rotation_ofOneKeysObjects_movesEveryVersionUnderItAndNoOther() throws IOException {
    world.enableVersioning();
    world.put("a", under(thirdKey));
    world.put("a", under(world.oldKey));
    world.put("b", under(thirdKey));
    world.put("c", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    world.put("d", twiceUnder(thirdKey));
    world.put("e", twiceUnder(world.oldKey));
    world.plantUnencrypted("f");
    world.put("g", under(world.newKey));

    RotationReport report = rotate(world.options().onlyUnderKey(thirdKey).build());

    assertThat(keys("a")).containsExactly(world.oldKey, world.newKey);
    assertThat(keys("b")).containsExactly(world.newKey);
    assertThat(world.head("c").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
    assertThat(keys("d")).containsExactly(thirdKey);
    assertThat(keys("e")).containsExactly(world.oldKey);
    assertThat(evidence(report))
        .contains(
            "versions under " + world.newKey + ": 3",
            "versions not under the key whose objects are moved: 4",
            "versions left: under DSSE-KMS, so it would have to be rewritten: 1");
    assertThat(Files.readString(directory.resolve(report.runId() + "-objects.csv")).lines())
        .singleElement()
        .asString()
        .startsWith("orders-archive,d,");
  }

  @Test
  void rotation_ofTheDefaultKeysObjects_byAlias_movesThemAndTheDefault() {
    world.kms.createAlias(r -> r.aliasName("alias/old").targetKeyId(world.oldKey));
    world.put("a", under(world.oldKey));
    world.put("b", under(thirdKey));
    S3Options options = world.options().onlyUnderKey("alias/old").build();
    RotationPlan plan = world.planner().with(options).plan();
    world.kms.updateAlias(r -> r.aliasName("alias/old").targetKeyId(thirdKey));

    world.runner(options).build().run(plan).requireComplete();

    assertThat(keys("a")).containsExactly(world.newKey);
    assertThat(keys("b")).containsExactly(thirdKey);
    assertThat(defaultKey()).isEqualTo(world.newKey);
    assertThat(plan.currentKeyArn()).contains(world.oldKey);
    assertThat(plan.describe()).contains("Only versions that are under " + world.oldKey);
  }

  @Test
  void rotation_ofAnotherKeysObjects_leavesTheDefault() {
    world.put("b", under(thirdKey));
    String thirdId = thirdKey.substring(thirdKey.lastIndexOf('/') + 1);
    S3Options options = world.options().onlyUnderKey(thirdId).build();
    RotationPlan plan = world.planner().with(options).plan();

    world.runner(options).build().run(plan).requireComplete();

    assertThat(keys("b")).containsExactly(world.newKey);
    assertThat(defaultKey()).isEqualTo(world.oldKey);
    assertThat(plan.steps())
        .extracting(StepDescription::id)
        .doesNotContain("set-default-encryption");
    assertThat(plan.describe()).contains("does not name it and stays as it is");
  }

  @Test
  void rotation_ofTheAwsManagedKeysObjects_movesThem() {
    world.put("other");
    world.setDefault(e -> e.sseAlgorithm(ServerSideEncryption.AWS_KMS));
    world.put("managed");
    assertThat(world.head("managed").ssekmsKeyId()).isNotEqualTo(world.oldKey);

    rotate(world.options().onlyUnderKey("alias/aws/s3").build());

    assertThat(keys("managed")).containsExactly(world.newKey);
    assertThat(defaultKey()).isEqualTo(world.newKey);
    assertThat(keys("other")).containsExactly(world.oldKey);
  }

  @Test
  void plan_ofTheObjectsOfAKeyThatIsNotThere_isRefused() {
    S3Options options = world.options().onlyUnderKey("alias/nobody").build();

    assertThat(
            catchThrowableOfType(
                    PlanningException.class, () -> world.planner().with(options).plan())
                .problems())
        .extracting(Notice::text)
        .anyMatch(text -> text.contains("alias/nobody"));
  }

  @Test
  void plan_ofTheObjectsUnderTheNewKeyItself_isRefused() {
    S3Options options = world.options().onlyUnderKey(world.newKey).build();

    assertThat(
            catchThrowableOfType(
                    PlanningException.class, () -> world.planner().with(options).plan())
                .problems())
        .extracting(Notice::text)
        .containsExactly("It is under " + world.newKey + " already.");
  }

  @Test
  void rotation_thatRewritesEverything_callsUpdateObjectEncryptionNever() throws IOException {
    world.enableVersioning();
    world.put("a");
    world.put("a");
    world.put("b", under(world.newKey));
    world.put("c", r -> r.storageClass("GLACIER"));
    S3Options options = world.options().rewriteEverything().build();
    RotationPlan plan = world.planner().with(options).plan();

    RotationReport report = world.runner(options).build().run(plan).requireComplete();

    assertThat(world.aws.calls().of("UpdateObjectEncryption")).isEmpty();
    assertThat(keys("a")).containsExactly(world.newKey, world.oldKey, world.oldKey);
    assertThat(world.read("a")).isEqualTo("content of a");
    assertThat(keys("b")).containsExactly(world.newKey);
    assertThat(plan.steps())
        .extracting(StepDescription::id)
        .containsExactly("set-default-encryption", "rewrite", "rewrite-large", "verify-objects");
    assertThat(evidence(report))
        .contains(
            "versions under " + world.newKey + ": 2",
            "versions left: an older version, of which a copy would become the current one: 2");
    assertThat(Files.readString(directory.resolve(report.runId() + "-not-rewritten.csv")).lines())
        .hasSize(2)
        .anyMatch(line -> line.contains(",c,") && line.endsWith(",ARCHIVED,GLACIER"));
  }

  @Test
  void rewrite_ofAnArchivedObjectThatIsRestored_isDone() {
    world.put("a", r -> r.serverSideEncryption("aws:kms:dsse").storageClass("GLACIER"));
    world.s3.restoreObject(
        r ->
            r.bucket(S3World.BUCKET)
                .key("a")
                .restoreRequest(q -> q.days(3).glacierJobParameters(g -> g.tier("Standard"))));
    world.aws.clock().advance(Duration.ofHours(13));

    rotate(world.options().rewriteWhatCannotBeUpdated().build());

    assertThat(keys("a")).containsExactly(world.newKey);
    assertThat(world.head("a").storageClassAsString()).isEqualTo("GLACIER");
  }

  @Test
  void rotation_ofAPrefixAndOneKey_saysBoth() {
    S3Options options = world.options().onlyUnderKey(world.oldKey).build();
    RotationPlan plan =
        world.planner(RotationPlanner.forS3(S3World.BUCKET, "x/")).with(options).plan();

    assertThat(plan.warnings())
        .extracting(Notice::text)
        .anyMatch(text -> text.contains("'x/'"))
        .anyMatch(text -> text.contains(world.oldKey));
  }

  private RotationReport rotate(S3Options options) {
    return world
        .runner(options)
        .build()
        .run(world.planner().with(options).plan())
        .requireComplete();
  }

  private String defaultKey() {
    return world
        .s3
        .getBucketEncryption(r -> r.bucket(S3World.BUCKET))
        .serverSideEncryptionConfiguration()
        .rules()
        .get(0)
        .applyServerSideEncryptionByDefault()
        .kmsMasterKeyID();
  }

  /** Of every version, the newest first. */
  private List<String> keys(String key) {
    return world.versions().stream()
        .filter(version -> version.key().equals(key))
        .map(version -> world.head(version).ssekmsKeyId())
        .toList();
  }

  private static Consumer<PutObjectRequest.Builder> under(String key) {
    return r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key);
  }

  private static Consumer<PutObjectRequest.Builder> twiceUnder(String key) {
    return r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE).ssekmsKeyId(key);
  }

  private static List<String> evidence(RotationReport report) {
    return report.steps().stream()
        .flatMap(step -> step.evidence().stream())
        .map(Evidence::toString)
        .toList();
  }
}
