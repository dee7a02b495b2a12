package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;
import software.amazon.awssdk.services.s3.model.ReplicationConfiguration;
import software.amazon.awssdk.services.s3.model.ReplicationRule;
import software.amazon.awssdk.services.s3.model.ReplicationRuleStatus;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** What replication to a bucket under the new key brings there, and what it names. */
class ReplicationTest {

  private static final String REPLICAS = ReplicationWorld.REPLICAS;

  @TempDir Path directory;
  private ReplicationWorld it;
  private S3World world;

  @BeforeEach
  void create() {
    it = new ReplicationWorld(directory);
    world = it.world;
  }

  @AfterEach
  void close() {
    it.close();
  }

  @Test
  void rotation_bringsEveryVersionWithAllThatBelongsToIt_switchesReaders_andLeavesTheSource() {
    world.s3.putBucketOwnershipControls(
        r ->
            r.bucket(S3World.BUCKET)
                .ownershipControls(
                    c ->
                        c.rules(
                            List.of(
                                OwnershipControlsRule.builder()
                                    .objectOwnership(ObjectOwnership.OBJECT_WRITER)
                                    .build()))));
    world.put("a", r -> r.metadata(Map.of("owner", "Zoë")).tagging("x=y&z=ä"));
    world.put("a", r -> r.storageClass(StorageClass.STANDARD_IA));
    world.put("b/ü +%&\n?", r -> r.contentType("text/x-odd").contentLanguage("de"));
    world.put("twice", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE));
    world.plantUnencrypted("old");
    world.put("deleted");
    world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("deleted"));
    RotationPlan plan = it.plan();
    RotationListener writer =
        new RotationListener() {
          @Override
          public void onStepStarted(RotationPlan p, StepDescription step) {
            if (step.id().equals(ReplicationCompareStep.ID)) {
              world.put("during the run");
              world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("old"));
            }
          }
        };

    world.runner(it.options(o -> {})).listener(writer).build().run(plan).requireComplete();

    assertThat(it.versions(REPLICAS))
        .extracting(ObjectVersion::key, ObjectVersion::versionId, ObjectVersion::isLatest)
        .isEqualTo(
            it.versions(S3World.BUCKET).stream()
                .map(v -> tuple(v.key(), v.versionId(), v.isLatest()))
                .toList())
        .hasSize(7);
    assertThat(it.markers(REPLICAS))
        .extracting(DeleteMarkerEntry::versionId)
        .isEqualTo(it.markers(S3World.BUCKET).stream().map(DeleteMarkerEntry::versionId).toList());
    for (ObjectVersion version : it.versions(REPLICAS)) {
      assertThat(headOfReplica(version).ssekmsKeyId()).isEqualTo(world.newKey);
    }
    assertThat(world.s3.getObjectAsBytes(r -> r.bucket(REPLICAS).key("b/ü +%&\n?")).asUtf8String())
        .isEqualTo("content of b/ü +%&\n?");
    assertThat(it.switches).containsExactly("orders-archive to orders-replicas");
    assertThat(hasRules()).isFalse();
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.oldKey);
    assertThat(plan.describe()).contains("Settings of the bucket are not replicated");
  }

  @Test
  void rotation_ofAPrefix_replicatesThatAlone() {
    world.put("orders/1");
    world.put("other/1");

    world
        .runner(it.options(o -> {}))
        .build()
        .run(
            world
                .planner(RotationPlanner.forS3(S3World.BUCKET, "orders/"))
                .with(it.options(o -> {}))
                .plan())
        .requireComplete();

    assertThat(it.versions(REPLICAS)).extracting(ObjectVersion::key).containsExactly("orders/1");
  }

  @Test
  void rule_isAddedToThoseThatAreThere_andTakenAwayAgain_whateverOthersDoMeanwhile() {
    it.createReady("elsewhere");
    it.createReady("later");
    world.put("a");
    ReplicationConfiguration before = replicateTo("elsewhere", 7);
    world.put("b");
    RotationPlan plan = it.plan();
    it.atSwitch =
        () -> {
          ReplicationConfiguration now = configuration();
          assertThat(now.rules()).hasSize(2).contains(before.rules().get(0));
          assertThat(now.rules().get(1).priority()).isEqualTo(8);
          world.s3.putBucketReplication(
              r ->
                  r.bucket(S3World.BUCKET)
                      .replicationConfiguration(
                          now.toBuilder()
                              .rules(now.rules().get(0), now.rules().get(1), rule("later", 9))
                              .build()));
        };

    it.runner().run(plan).requireComplete();

    assertThat(configuration().rules()).containsExactly(before.rules().get(0), rule("later", 9));
    assertThat(it.versions(REPLICAS)).hasSize(2);
  }

  @Test
  void rollBack_restoresTheFormerRulesExactly_andSwitchesBack() {
    it.createReady("elsewhere");
    ReplicationConfiguration before = replicateTo("elsewhere", 3);
    world.put("a");
    RotationPlan plan = it.plan();
    it.atSwitch =
        () -> {
          throw new IllegalStateException("readers cannot be reached");
        };
    assertThat(it.runner().run(plan).status()).isEqualTo(RunStatus.FAILED);

    RotationReport report = it.runner().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(configuration()).isEqualTo(before);
    assertThat(it.switches).last().isEqualTo("back to orders-archive");
    assertThat(report.describe()).contains("replicas stay in bucket 'orders-replicas'");
  }

  @Test
  void objectsThatFail_areNamed_andTriedAgainWhenResumed() throws IOException {
    world.put("open/1");
    world.put("closed/1");
    denyReplicas("closed/*");
    RotationPlan plan = it.plan();

    RotationReport stopped = it.runner().run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason())
        .contains("closed/1", "1 failed", "replication failed")
        .doesNotContain("open/1");
    assertThat(Files.readString(directory.resolve(plan.runId() + "-replication.csv")))
        .startsWith("orders-archive,closed/1,")
        .contains(",FAILED,");
    assertThat(world.s3.listObjectsV2(r -> r.bucket(ReplicationWorld.REPORTS)).contents())
        .isNotEmpty();
    assertThat(it.switches).isEmpty();
    world.s3.deleteBucketPolicy(r -> r.bucket(REPLICAS));
    it.runner().resume(plan.runId()).requireComplete();
    assertThat(it.versions(REPLICAS)).hasSize(2);
  }

  @Test
  void whatReplicationDoesNotCarry_isNamed_andLeftIfThatIsAccepted()
      throws NoSuchAlgorithmException {
    allowCustomerKeys();
    byte[] key = new byte[32];
    String md5 = Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(key));
    world.put("good");
    world.put("archived", r -> r.storageClass(StorageClass.DEEP_ARCHIVE));
    world.put("of-s3", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    world.put(
        "customer",
        r ->
            r.sseCustomerAlgorithm("AES256")
                .sseCustomerKey(Base64.getEncoder().encodeToString(key))
                .sseCustomerKeyMD5(md5));
    RotationPlan plan = it.plan();

    RotationReport stopped = it.runner().run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason())
        .contains(
            "3 are not the same",
            "not replicated, archived in DEEP_ARCHIVE",
            "not under the new key, AES256 without KMS",
            "under a customer-provided key")
        .doesNotContain("good");
    assertThat(it.switches).isEmpty();
    it.runner(S3Options.Builder::iAcceptThatSomeObjectsStay).resume(plan.runId()).requireComplete();
    assertThat(it.versions(REPLICAS)).hasSize(3);
  }

  @Test
  void whatTheDestinationHasAlone_orOtherwise_stopsTheRunBeforeTheSwitch() {
    world.put("a");
    String gone =
        world.s3.listObjectVersions(r -> r.bucket(S3World.BUCKET)).versions().get(0).versionId();
    world.put("b", r -> r.tagging("x=y"));
    RotationPlan plan = it.plan();
    RotationListener meddler =
        new RotationListener() {
          @Override
          public void onStepStarted(RotationPlan p, StepDescription step) {
            if (step.id().equals(ReplicationCompareStep.ID)) {
              world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("a").versionId(gone));
              world.s3.deleteObjectTagging(r -> r.bucket(REPLICAS).key("b"));
            }
          }
        };

    RotationReport report = world.runner(it.options(o -> {})).listener(meddler).build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason())
        .contains(
            "which has 1 that the source has not",
            "a (version " + gone + "): in the destination alone",
            "replicated, and different, number of tags");
    assertThat(it.switches).isEmpty();
  }

  @Test
  void writesToTheSourceAfterTheSwitch_areNoticed_andReplicatedStill() {
    world.put("a");
    RotationPlan plan = it.plan();
    it.atSwitch =
        () -> {
          world.aws.clock().advance(Duration.ofSeconds(5));
          world.put("late");
        };
    // The hook's own time is not after the switch: the write has to be later than its return.
    RotationListener writer =
        new RotationListener() {
          @Override
          public void onStepStarted(RotationPlan p, StepDescription step) {
            if (step.id().equals(ReplicationWatchStep.ID)) {
              world.aws.clock().advance(Duration.ofSeconds(5));
              world.put("later");
            }
          }
        };

    RotationReport stopped = world.runner(it.options(o -> {})).listener(writer).build().run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("1 versions were written", "later (version ");
    assertThat(hasRules()).isTrue();
    it.runner().resume(plan.runId()).requireComplete();
    assertThat(it.versions(REPLICAS)).hasSize(3);
  }

  @Test
  void run_withoutTheHook_isRefusedBeforeAnythingIsDone() {
    RotationPlan plan = it.plan();
    S3Options without =
        world
            .options()
            .replicateTo(
                Replication.builder().destinationBucket(REPLICAS).roleArn(it.role()).build())
            .build();

    assertThatThrownBy(() -> world.runner(without).build().run(plan))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("switchReaders");
    assertThat(hasRules()).isFalse();
  }

  private HeadObjectResponse headOfReplica(ObjectVersion version) {
    return world.s3.headObject(
        r -> r.bucket(REPLICAS).key(version.key()).versionId(version.versionId()));
  }

  private ReplicationConfiguration configuration() {
    return world.s3.getBucketReplication(r -> r.bucket(S3World.BUCKET)).replicationConfiguration();
  }

  private boolean hasRules() {
    try {
      return !configuration().rules().isEmpty();
    } catch (S3Exception e) {
      assertThat(e.awsErrorDetails().errorCode())
          .isEqualTo("ReplicationConfigurationNotFoundError");
      return false;
    }
  }

  private ReplicationConfiguration replicateTo(String bucket, int priority) {
    world.s3.putBucketReplication(
        r ->
            r.bucket(S3World.BUCKET)
                .replicationConfiguration(c -> c.role(it.role()).rules(rule(bucket, priority))));
    return configuration();
  }

  private ReplicationRule rule(String bucket, int priority) {
    return ReplicationRule.builder()
        .id("to-" + bucket)
        .priority(priority)
        .status(ReplicationRuleStatus.ENABLED)
        .filter(f -> f.prefix("some/"))
        .deleteMarkerReplication(d -> d.status("Disabled"))
        .destination(d -> d.bucket("arn:aws:s3:::" + bucket))
        .build();
  }

  private void denyReplicas(String objects) {
    world.s3.putBucketPolicy(
        r ->
            r.bucket(REPLICAS)
                .policy(
                    """
                    {"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
                     "Action":"s3:ReplicateObject","Resource":"arn:aws:s3:::%s/%s"}}
                    """
                        .formatted(REPLICAS, objects)));
  }

  private void allowCustomerKeys() {
    world.setRule(
        rule ->
            rule.applyServerSideEncryptionByDefault(
                    e -> e.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(world.oldKey))
                .blockedEncryptionTypes(b -> b.encryptionTypeWithStrings("NONE")));
  }
}
