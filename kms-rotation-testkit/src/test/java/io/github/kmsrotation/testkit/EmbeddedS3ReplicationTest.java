package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.endpoints.EndpointUrl;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteMarkerReplicationStatus;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ReplicationRule;
import software.amazon.awssdk.services.s3.model.ReplicationRuleFilter;
import software.amazon.awssdk.services.s3.model.ReplicationRuleStatus;
import software.amazon.awssdk.services.s3.model.ReplicationStatus;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3control.S3ControlClient;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobReportFormat;
import software.amazon.awssdk.services.s3control.model.JobReportScope;
import software.amazon.awssdk.services.s3control.model.JobStatus;

/** Replication between buckets, of new objects and of those that were there before. */
class EmbeddedS3ReplicationTest extends S3Fixture {

  private static final String REPLICAS = "replicas-of-orders";
  private static final String REPORTS = "reports-of-jobs";
  private static final Duration WHILE = Duration.ofMinutes(1);

  private final S3ControlClient control =
      Clients.of(
          S3ControlClient.builder()
              .endpointProvider(
                  params ->
                      CompletableFuture.completedFuture(
                          Endpoint.builder()
                              .endpointUrl(EndpointUrl.fromUri(aws.endpoint()))
                              .build()))
              .overrideConfiguration(
                  c ->
                      c.putAdvancedOption(
                          SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)),
          aws);
  private String key = "";

  @BeforeEach
  void createReplicas() {
    key = newKey();
    create(REPLICAS);
    create(REPORTS);
    enableVersioning(BUCKET);
    enableVersioning(REPLICAS);
  }

  @AfterEach
  void closeControl() {
    control.close();
  }

  @Test
  void newObject_isReplicatedWithAllThatBelongsToIt_underTheRulesKey() {
    replicate(r -> {});
    HeadObjectResponse source =
        put(
            "a b",
            r ->
                r.serverSideEncryption(ServerSideEncryption.AWS_KMS)
                    .bucketKeyEnabled(true)
                    .metadata(Map.of("owner", "Zoë"))
                    .contentType("text/x-odd")
                    .storageClass(StorageClass.STANDARD_IA)
                    .tagging("x=y"));
    assertThat(source.replicationStatus()).isEqualTo(ReplicationStatus.PENDING);

    aws.clock().advance(WHILE);

    assertThat(head("a b").replicationStatus()).isEqualTo(ReplicationStatus.COMPLETED);
    HeadObjectResponse replica = replica("a b");
    assertThat(replica.replicationStatus()).isEqualTo(ReplicationStatus.REPLICA);
    assertThat(replica.ssekmsKeyId()).isEqualTo(key).isNotEqualTo(source.ssekmsKeyId());
    assertThat(replica.toBuilder().ssekmsKeyId(null).replicationStatus((String) null).build())
        .hasToString(
            source.toBuilder()
                .ssekmsKeyId(null)
                .replicationStatus((String) null)
                .build()
                .toString());
    assertThat(s3.getObjectAsBytes(r -> r.bucket(REPLICAS).key("a b")).asUtf8String())
        .isEqualTo(DATA);
    assertThat(s3.getObjectTagging(r -> r.bucket(REPLICAS).key("a b")).tagSet()).hasSize(1);
  }

  @Test
  void changedTags_follow_andDeletedVersionsStay() {
    replicate(r -> {});
    String version = put("a", r -> {}).versionId();
    aws.clock().advance(WHILE);

    s3.putObjectTagging(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .tagging(t -> t.tagSet(Tag.builder().key("x").value("y").build())));
    aws.clock().advance(WHILE);
    s3.deleteObject(r -> r.bucket(BUCKET).key("a").versionId(version));
    aws.clock().advance(WHILE);

    assertThat(replica("a").tagCount()).isEqualTo(1);
  }

  @Test
  void deleteMarker_isReplicatedIfTheRuleSaysSo() {
    replicate(r -> {});
    put("a", r -> {});
    s3.deleteObject(r -> r.bucket(BUCKET).key("a"));
    aws.clock().advance(WHILE);
    assertThat(s3.listObjectVersions(r -> r.bucket(REPLICAS)).deleteMarkers())
        .isEqualTo(s3.listObjectVersions(r -> r.bucket(BUCKET)).deleteMarkers());

    replicate(
        r -> r.deleteMarkerReplication(d -> d.status(DeleteMarkerReplicationStatus.DISABLED)));
    put("b", r -> {});
    s3.deleteObject(r -> r.bucket(BUCKET).key("b"));
    aws.clock().advance(WHILE);

    assertThat(replica("b").replicationStatus()).isEqualTo(ReplicationStatus.REPLICA);
  }

  @Test
  void whatIsNoMatterOfTheRule_hasNoStatus() {
    put("before", r -> {});
    replicate(r -> r.sourceSelectionCriteria(c -> {}).destination(d -> d.bucket(arn(REPLICAS))));
    put("kms", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS));
    put("archived", r -> r.storageClass(StorageClass.GLACIER));
    put("sse-s3", r -> {});
    aws.clock().advance(WHILE);

    assertThat(head("before").replicationStatus()).isNull();
    assertThat(head("kms").replicationStatus()).isNull();
    assertThat(head("archived").replicationStatus()).isNull();
    assertThat(replica("sse-s3").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
    assertThat(replicas()).hasSize(1);
  }

  @Test
  void unencryptedObject_isEncryptedAsTheDestinationSays_andObjectsUnderS3KeysStaySo() {
    s3.putBucketEncryption(
        r ->
            r.bucket(REPLICAS)
                .serverSideEncryptionConfiguration(
                    c ->
                        c.rules(
                            ServerSideEncryptionRule.builder()
                                .applyServerSideEncryptionByDefault(
                                    e ->
                                        e.sseAlgorithm(ServerSideEncryption.AWS_KMS)
                                            .kmsMasterKeyID(key))
                                .build())));
    aws.s3().plantUnencrypted(BUCKET, "old", DATA.getBytes(StandardCharsets.UTF_8));
    put("s3", r -> {});
    replicate(r -> {});

    runJob();

    assertThat(replica("old").ssekmsKeyId()).isEqualTo(key);
    assertThat(replica("old").eTag()).isNotEqualTo(head("old").eTag());
    assertThat(s3.getObjectAsBytes(r -> r.bucket(REPLICAS).key("old")).asUtf8String())
        .isEqualTo(DATA);
    assertThat(replica("s3").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
    assertThat(replica("s3").eTag()).isEqualTo(head("s3").eTag());
  }

  @Test
  void objectLock_isReplicated_andHasToBeEnabledForTheDestination() {
    s3.createBucket(
        r ->
            r.bucket("locked-orders")
                .objectLockEnabledForBucket(true)
                .createBucketConfiguration(c -> c.locationConstraint(aws.region())));
    s3.createBucket(
        r ->
            r.bucket("locked-replicas")
                .objectLockEnabledForBucket(true)
                .createBucketConfiguration(c -> c.locationConstraint(aws.region())));
    Instant until = aws.clock().instant().plus(Duration.ofDays(1));
    for (String destination : List.of("locked-replicas", REPLICAS)) {
      replicate("locked-orders", r -> r.destination(to(destination)));
      s3.putObject(
          r ->
              r.bucket("locked-orders")
                  .key("to-" + destination)
                  .objectLockMode(ObjectLockMode.COMPLIANCE)
                  .objectLockRetainUntilDate(until)
                  .objectLockLegalHoldStatus(ObjectLockLegalHoldStatus.ON),
          RequestBody.fromString(DATA));
      aws.clock().advance(WHILE);
    }

    HeadObjectResponse replica =
        s3.headObject(r -> r.bucket("locked-replicas").key("to-locked-replicas"));
    assertThat(replica.objectLockRetainUntilDate()).isEqualTo(until);
    assertThat(replica.objectLockLegalHoldStatus()).isEqualTo(ObjectLockLegalHoldStatus.ON);
    assertThat(
            s3.headObject(r -> r.bucket("locked-orders").key("to-" + REPLICAS)).replicationStatus())
        .isEqualTo(ReplicationStatus.FAILED);
  }

  @Test
  void job_replicatesWhatWasThere_everyVersionInItsOrder_andReportsWhy() {
    put("a", r -> {});
    put("a", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS));
    s3.deleteObject(r -> r.bucket(BUCKET).key("a"));
    put("denied/b", r -> {});
    replicate(r -> {});
    s3.putBucketPolicy(
        r ->
            r.bucket(REPLICAS)
                .policy(
                    """
                    {"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
                     "Action":"s3:ReplicateObject","Resource":"arn:aws:s3:::%s/denied/*"}}
                    """
                        .formatted(REPLICAS)));

    JobDescriptor done = runJob();

    assertThat(done.status()).isEqualTo(JobStatus.COMPLETE);
    assertThat(done.progressSummary().numberOfTasksSucceeded()).isEqualTo(3);
    assertThat(done.progressSummary().numberOfTasksFailed()).isEqualTo(1);
    assertThat(replicas())
        .extracting(ObjectVersion::versionId)
        .isEqualTo(
            s3.listObjectVersions(r -> r.bucket(BUCKET).prefix("a")).versions().stream()
                .map(ObjectVersion::versionId)
                .toList());
    assertThat(head("denied/b").replicationStatus()).isEqualTo(ReplicationStatus.FAILED);
    s3.deleteBucketPolicy(r -> r.bucket(REPLICAS));
    assertThat(runJob().progressSummary().totalNumberOfTasks()).isEqualTo(1);
    assertThat(head("denied/b").replicationStatus()).isEqualTo(ReplicationStatus.COMPLETED);
  }

  @Test
  void destinationThatLosesItsVersioningOrItsKey_failsReplication() {
    replicate(r -> {});
    kms.disableKey(r -> r.keyId(key));
    put("a", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS));
    aws.clock().advance(WHILE);
    assertThat(head("a").replicationStatus()).isEqualTo(ReplicationStatus.FAILED);

    s3.putBucketVersioning(
        r ->
            r.bucket(REPLICAS)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED)));
    put("b", r -> {});
    aws.clock().advance(WHILE);

    assertThat(head("b").replicationStatus()).isEqualTo(ReplicationStatus.FAILED);
  }

  @Test
  void configuration_isReturnedAsItWasPut_andHoldsTheVersioningOfItsBucket() {
    assertRefused(
        () -> s3.getBucketReplication(r -> r.bucket(BUCKET)),
        404,
        "ReplicationConfigurationNotFoundError");
    replicate(r -> {});

    assertThat(s3.getBucketReplication(r -> r.bucket(BUCKET)).replicationConfiguration().rules())
        .containsExactly(rule(r -> {}));
    assertRefused(
        () ->
            s3.putBucketVersioning(
                r ->
                    r.bucket(BUCKET)
                        .versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED))),
        409,
        "InvalidBucketState");
    s3.deleteBucketReplication(r -> r.bucket(BUCKET));
    assertRefused(
        () -> s3.getBucketReplication(r -> r.bucket(BUCKET)),
        404,
        "ReplicationConfigurationNotFoundError");
  }

  @Test
  void configurationThatAwsWouldRefuse_isRefused() {
    create("without-versions");
    assertInvalid(r -> r.destination(to("without-versions")));
    assertInvalid(r -> r.destination(to("no-such-bucket-anywhere")));
    assertInvalid(r -> r.destination(to(BUCKET)));
    assertInvalid(r -> r.priority(null));
    assertInvalid(r -> r.filter((ReplicationRuleFilter) null));
    assertInvalid(r -> r.filter(f -> f.tag(t -> t.key("x").value("y"))));
    assertInvalid(r -> r.destination(d -> d.bucket(arn(REPLICAS))));
    assertInvalid(
        r ->
            r.destination(
                to(REPLICAS)
                    .andThen(
                        d ->
                            d.replicationTime(t -> t.status("Enabled").time(m -> m.minutes(15))))));
    assertRefused(
        () -> replicate("without-versions", r -> r.destination(to(REPLICAS))),
        400,
        "InvalidRequest");
    assertRefused(
        () ->
            s3.putBucketReplication(
                r ->
                    r.bucket(BUCKET)
                        .replicationConfiguration(c -> c.role("no role").rules(rule(x -> {})))),
        400,
        "InvalidArgument");
    assertRefused(
        () ->
            s3.putBucketReplication(
                r ->
                    r.bucket(BUCKET)
                        .replicationConfiguration(
                            c -> c.role(role()).rules(rule(x -> {}), rule(x -> x.id("another"))))),
        400,
        "InvalidArgument");
  }

  private void assertInvalid(Consumer<ReplicationRule.Builder> change) {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> replicate(change))
        .isInstanceOfSatisfying(
            software.amazon.awssdk.services.s3.model.S3Exception.class,
            e ->
                assertThat(e.awsErrorDetails().errorCode()).isIn("InvalidRequest", "MalformedXML"));
  }

  private void enableVersioning(String bucket) {
    s3.putBucketVersioning(
        r ->
            r.bucket(bucket)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
  }

  private static String arn(String bucket) {
    return "arn:aws:s3:::" + bucket;
  }

  private String role() {
    return "arn:aws:iam::" + aws.accountId() + ":role/replication";
  }

  private Consumer<software.amazon.awssdk.services.s3.model.Destination.Builder> to(String bucket) {
    return d -> d.bucket(arn(bucket)).encryptionConfiguration(e -> e.replicaKmsKeyID(key));
  }

  private ReplicationRule rule(Consumer<ReplicationRule.Builder> change) {
    ReplicationRule.Builder rule =
        ReplicationRule.builder()
            .id("rotation")
            .priority(1)
            .status(ReplicationRuleStatus.ENABLED)
            .filter(f -> f.prefix(""))
            .deleteMarkerReplication(d -> d.status(DeleteMarkerReplicationStatus.ENABLED))
            .sourceSelectionCriteria(c -> c.sseKmsEncryptedObjects(k -> k.status("Enabled")))
            .destination(to(REPLICAS));
    change.accept(rule);
    return rule.build();
  }

  private void replicate(Consumer<ReplicationRule.Builder> change) {
    replicate(BUCKET, change);
  }

  private void replicate(String bucket, Consumer<ReplicationRule.Builder> change) {
    s3.putBucketReplication(
        r -> r.bucket(bucket).replicationConfiguration(c -> c.role(role()).rules(rule(change))));
  }

  private HeadObjectResponse put(String name, Consumer<PutObjectRequest.Builder> how) {
    s3.putObject(
        PutObjectRequest.builder().bucket(BUCKET).key(name).applyMutation(how).build(),
        RequestBody.fromString(DATA));
    return head(name);
  }

  private HeadObjectResponse replica(String name) {
    return s3.headObject(r -> r.bucket(REPLICAS).key(name));
  }

  private List<ObjectVersion> replicas() {
    return s3.listObjectVersions(r -> r.bucket(REPLICAS)).versions();
  }

  private JobDescriptor runJob() {
    String job =
        control
            .createJob(
                r ->
                    r.accountId(aws.accountId())
                        .confirmationRequired(false)
                        .clientRequestToken("token-" + aws.clock().instant())
                        .priority(1)
                        .roleArn(role())
                        .operation(o -> o.s3ReplicateObject(x -> {}))
                        .report(
                            x ->
                                x.enabled(true)
                                    .bucket(arn(REPORTS))
                                    .format(JobReportFormat.REPORT_CSV_20180820)
                                    .reportScope(JobReportScope.FAILED_TASKS_ONLY))
                        .manifestGenerator(
                            g ->
                                g.s3JobManifestGenerator(
                                    s ->
                                        s.sourceBucket(arn(BUCKET))
                                            .enableManifestOutput(false)
                                            .filter(
                                                f ->
                                                    f.eligibleForReplication(true)
                                                        .objectReplicationStatusesWithStrings(
                                                            "NONE", "FAILED")))))
            .jobId();
    aws.clock().advance(Duration.ofMinutes(3));
    return control.describeJob(r -> r.accountId(aws.accountId()).jobId(job)).job();
  }
}
