package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteMarkerReplication;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ReplicationRule;

/** What is in the way of a replication, found before anything is done. */
class ReplicationPlanningTest {

  private static final String REPLICAS = ReplicationWorld.REPLICAS;
  private static final @Nullable DeleteMarkerReplication NONE = null;

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
  void plan_ofBucketsWithoutVersioning_isRefused_asThatIsTheirOwnersDecision() {
    world.create("plain");
    it.encrypt("plain", world.newKey);
    world.s3.putBucketVersioning(
        r ->
            r.bucket(S3World.BUCKET)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED)));

    assertRefused(
        r -> r.destinationBucket("plain"),
        "orders-archive",
        "Versioning is suspended",
        "plain",
        "Versioning is off",
        "which is for you to decide");
  }

  @Test
  void plan_toNoSuchBucket_toOneElsewhere_orToItself_isRefused() {
    Region other = Region.of(world.aws.region().equals("eu-west-1") ? "us-west-2" : "eu-west-1");
    try (S3Client there = world.client(S3Client.builder(), other)) {
      there.createBucket(
          r ->
              r.bucket("far-away")
                  .createBucketConfiguration(c -> c.locationConstraint(other.id())));
    }

    assertRefused(r -> r.destinationBucket("nobodys-bucket"), "There is no such bucket");
    assertRefused(r -> r.destinationBucket("far-away"), "far-away", "It is not in");
    assertRefused(r -> r.destinationBucket(S3World.BUCKET), "named as the destination");
    assertRefused(r -> r.reportsIn(REPLICAS), "found in it alone");
  }

  @Test
  void plan_toBucketThatIsNotUnderTheNewKey_orHasObjects_isRefused() {
    it.encrypt(REPLICAS, world.oldKey);
    world.s3.putObject(r -> r.bucket(REPLICAS).key("there"), RequestBody.fromString("before"));

    assertRefused(r -> {}, "Its default encryption is aws:kms, key " + world.oldKey);
    assertRefused(r -> {}, "It has objects already");
    it.encrypt(REPLICAS, world.newKey);
    RotationPlan plan =
        it.plan(o -> o.replicateTo(it.replication().iAcceptThatTheDestinationHasObjects().build()));
    world.put("a");

    it.runner().run(plan).requireComplete();

    assertThat(it.versions(REPLICAS)).hasSize(2);
  }

  @Test
  void plan_whereObjectLockDiffers_isRefused() {
    world.s3.putObjectLockConfiguration(
        r -> r.bucket(S3World.BUCKET).objectLockConfiguration(c -> c.objectLockEnabled("Enabled")));
    assertRefused(r -> {}, REPLICAS, "It has no Object Lock, and 'orders-archive' has");

    world.s3.putObjectLockConfiguration(
        r ->
            r.bucket(REPLICAS)
                .objectLockConfiguration(
                    c ->
                        c.objectLockEnabled("Enabled")
                            .rule(
                                rule ->
                                    rule.defaultRetention(
                                        d -> d.mode(ObjectLockRetentionMode.GOVERNANCE).days(1)))));
    assertRefused(r -> {}, "default retention, which replicas of objects without retention");
  }

  @Test
  @SuppressWarnings("deprecation") // the earlier version of rules has its prefix there
  void plan_whereRulesAreInTheWay_isRefused() {
    it.createReady("elsewhere");
    putRule(rule("elsewhere").filter(f -> f.prefix("")).priority(1), it.role() + "-other");
    assertRefused(r -> {}, "use the role " + it.role() + "-other", "one role for all of its rules");

    putRule(rule(REPLICAS).filter(f -> f.prefix("")).priority(1), it.role());
    assertRefused(r -> {}, "goes to '" + REPLICAS + "' already");

    putRule(rule("elsewhere").prefix("").deleteMarkerReplication(NONE), it.role());
    assertRefused(r -> {}, "earlier version, without Filter");
  }

  @Test
  void plan_mixedWithOtherWays_isRefused() {
    assertThatThrownBy(() -> it.plan(S3Options.Builder::rewriteWhatCannotBeUpdated))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("replicateTo(...) goes with neither rewriting");
  }

  @Test
  void plan_warnsOfLifecycleRules_andNamesWhatIsNotCarried() {
    world.s3.putBucketLifecycleConfiguration(
        r ->
            r.bucket(S3World.BUCKET)
                .lifecycleConfiguration(
                    c ->
                        c.rules(
                            LifecycleRule.builder()
                                .status(ExpirationStatus.ENABLED)
                                .filter(f -> f.prefix(""))
                                .expiration(e -> e.days(30))
                                .build())));

    assertThat(it.plan().describe())
        .contains(
            "Bucket 'orders-archive' has lifecycle rules",
            "Glacier Deep Archive",
            "SSE-C",
            "Settings of the bucket are not replicated",
            "s3:PutReplicationConfiguration",
            "s3:CreateJob");
  }

  @Test
  void replication_withoutRoleOrDestination_orWithWhatIsNone_isRefused() {
    Replication.Builder nothing = Replication.builder();
    assertThatThrownBy(nothing::build).hasMessageContaining("destinationBucket");
    assertThatThrownBy(() -> nothing.destinationBucket(REPLICAS).build())
        .hasMessageContaining("roleArn");
    assertThatThrownBy(() -> nothing.roleArn("replication"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ReplicationRule.Builder rule(String destination) {
    return ReplicationRule.builder()
        .id("theirs")
        .status("Enabled")
        .deleteMarkerReplication(d -> d.status("Disabled"))
        .destination(d -> d.bucket("arn:aws:s3:::" + destination));
  }

  private void putRule(ReplicationRule.Builder rule, String role) {
    world.s3.putBucketReplication(
        r ->
            r.bucket(S3World.BUCKET)
                .replicationConfiguration(c -> c.role(role).rules(rule.build())));
  }

  private void assertRefused(Consumer<Replication.Builder> change, String... texts) {
    Replication.Builder replication = it.replication();
    change.accept(replication);
    assertThatThrownBy(() -> it.plan(o -> o.replicateTo(replication.build())))
        .isInstanceOf(PlanningException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(texts));
  }
}
