package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.KeyUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.InventoryFormat;
import software.amazon.awssdk.services.s3.model.InventoryFrequency;
import software.amazon.awssdk.services.s3.model.InventoryIncludedObjectVersions;
import software.amazon.awssdk.services.s3.model.ReplicationRule;
import software.amazon.awssdk.services.s3.model.ReplicationRuleStatus;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What S3 still has under a key, and what was not looked at, stands in the way of retiring it. */
class S3KeyUsageTest {

  private static final String UNKNOWN = "Whether they need the key is not known.";

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

  @Test
  void source_isFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(KeyUsageSource.class))
        .anySatisfy(source -> assertThat(source).isInstanceOf(S3KeyUsage.class));
    assertThat(new S3KeyUsage().kind()).isEqualTo("s3");
  }

  @Test
  void find_whenNothingWasSaidOfObjects_saysThatTheyWereNotLookedAt() {
    assertThat(uses(world.newKey, world.options()))
        .singleElement()
        .satisfies(
            use -> {
              assertThat(use.resource()).isEqualTo("objects in S3");
              assertThat(use.finding()).isEqualTo(UNKNOWN);
              assertThat(use.what()).contains("S3Options.keySearch");
            });
    assertThat(world.aws.calls().of("HeadObject")).isEmpty();
  }

  @Test
  void find_seesSettingsOfEveryBucketThatNameTheKey() {
    world.create("second");
    for (String bucket : List.of(S3World.BUCKET, "second")) {
      world.s3.putBucketVersioning(
          r ->
              r.bucket(bucket)
                  .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    }
    String id = world.oldKey.substring(world.oldKey.lastIndexOf('/') + 1);
    world.s3.putBucketReplication(
        r ->
            r.bucket("second")
                .replicationConfiguration(
                    c ->
                        c.role("arn:aws:iam::111122223333:role/replication")
                            .rules(
                                ReplicationRule.builder()
                                    .id("all")
                                    .priority(1)
                                    .status(ReplicationRuleStatus.ENABLED)
                                    .filter(f -> f.prefix(""))
                                    .deleteMarkerReplication(d -> d.status("Disabled"))
                                    .sourceSelectionCriteria(
                                        s -> s.sseKmsEncryptedObjects(k -> k.status("Enabled")))
                                    .destination(
                                        d ->
                                            d.bucket("arn:aws:s3:::" + S3World.BUCKET)
                                                .encryptionConfiguration(
                                                    e -> e.replicaKmsKeyID(id)))
                                    .build())));
    world.s3.putBucketInventoryConfiguration(
        r ->
            r.bucket("second")
                .id("daily")
                .inventoryConfiguration(
                    i ->
                        i.id("daily")
                            .isEnabled(true)
                            .includedObjectVersions(InventoryIncludedObjectVersions.ALL)
                            .schedule(s -> s.frequency(InventoryFrequency.DAILY))
                            .destination(
                                d ->
                                    d.s3BucketDestination(
                                        b ->
                                            b.bucket("arn:aws:s3:::" + S3World.BUCKET)
                                                .format(InventoryFormat.CSV)
                                                .encryption(
                                                    e -> e.ssekms(k -> k.keyId(world.oldKey)))))));

    assertThat(uses(world.oldKey, searching(S3KeySearch.everyVersionIn(List.of()))))
        .extracting(KeyUse::resource)
        .containsExactly(
            "bucket " + S3World.BUCKET,
            "replication rule all of bucket second",
            "inventory daily of bucket second");
    assertThat(uses(world.newKey, searching(S3KeySearch.everyVersion()))).isEmpty();
  }

  @Test
  void find_looksAtEveryVersion_alsoUnderDsseAndOldOnes() {
    world.enableVersioning();
    world.put("a");
    world.put("a", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    world.put(
        "b",
        r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE).ssekmsKeyId(world.oldKey));
    world.setDefault(e -> e.sseAlgorithm(ServerSideEncryption.AES256));

    assertThat(uses(world.oldKey, searching(S3KeySearch.everyVersion())))
        .singleElement()
        .satisfies(
            use -> {
              assertThat(use.resource()).isEqualTo("2 object versions of bucket orders-archive");
              assertThat(use.finding()).isEqualTo("It needs the key.");
            });
    assertThat(uses(world.oldKey, searching(S3KeySearch.everyVersionIn(List.of("another")))))
        .isEmpty();
  }

  @Test
  void find_withABound_saysThatMoreWereNotLookedAt() {
    for (int i = 0; i < 5; i++) {
      world.put("object-" + i, r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    }

    assertThat(uses(world.newKey, searching(S3KeySearch.everyVersion().atMost(3))))
        .singleElement()
        .satisfies(
            use -> {
              assertThat(use.resource()).endsWith("after the first 3");
              assertThat(use.finding()).isEqualTo(UNKNOWN);
            });
    assertThat(world.aws.calls().of("HeadObject")).hasSize(3);
    assertThat(uses(world.newKey, searching(S3KeySearch.everyVersion().atMost(5)))).isEmpty();
  }

  @Test
  void find_whenLooksAreDenied_saysOfEachThatItIsNotKnown() {
    world.put("open", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    world.put("closed", r -> r.serverSideEncryption(ServerSideEncryption.AES256));
    world.setPolicy(
        """
        {"Version":"2012-10-17","Statement":[
         {"Effect":"Deny","Principal":"*","Action":"s3:GetObject",
          "Resource":"arn:aws:s3:::orders-archive/closed"},
         {"Effect":"Deny","Principal":"*","Action":"s3:GetReplicationConfiguration",
          "Resource":"arn:aws:s3:::orders-archive"}]}
        """);

    assertThat(uses(world.newKey, searching(S3KeySearch.everyVersion())))
        .allSatisfy(use -> assertThat(use.finding()).isEqualTo(UNKNOWN))
        .extracting(KeyUse::resource)
        .containsExactly(
            "replication of bucket orders-archive", "1 object versions of bucket orders-archive");
  }

  @Test
  void find_whenBucketsMayNotBeListed_saysSo_andLooksAtTheNamedOnes() {
    world.put("a");
    world.aws.faults().on("ListBuckets").error("AccessDenied", 403);

    assertThat(uses(world.oldKey, searching(S3KeySearch.everyVersionIn(List.of(S3World.BUCKET)))))
        .extracting(KeyUse::resource)
        .containsExactly("buckets", "1 object versions of bucket orders-archive");
  }

  @Test
  void find_afterARotation_findsNothingUnderTheFormerKey() {
    world.put("a");
    world.runner().run(world.planner().plan()).requireComplete();

    assertThat(uses(world.oldKey, searching(S3KeySearch.everyVersion()))).isEmpty();
    assertThat(uses(world.newKey, searching(S3KeySearch.everyVersion()))).hasSize(2);
  }

  @Test
  void search_ofNoVersions_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> S3KeySearch.everyVersion().atMost(0));
  }

  private S3Options.Builder searching(S3KeySearch search) {
    return world.options().keySearch(search);
  }

  private List<KeyUse> uses(String key, S3Options.Builder options) {
    AwsCalls calls =
        new AwsCalls(
            AwsCallSettings.builder()
                .callsPerSecond(1_000)
                .firstPause(Duration.ofMillis(1))
                .longestPause(Duration.ofMillis(10))
                .build());
    return new S3KeyUsage().find(new KeyArn(key), calls, Optional.of(options.build()));
  }
}
