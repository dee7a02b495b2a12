package io.github.kmsrotation.s3;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.target.S3Target;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/** An embedded AWS with a bucket under an old key, a new key, and their clients. */
final class S3World implements AutoCloseable {

  static final String BUCKET = "orders-archive";
  static final String ALIAS = "alias/orders";

  final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  final S3Client s3 = client(S3Client.builder());
  final KmsClient kms = client(KmsClient.builder());
  final String oldKey = kms.createKey().keyMetadata().arn();
  final String newKey = kms.createKey().keyMetadata().arn();
  final Path directory;

  S3World(Path directory) {
    this.directory = directory;
    kms.createAlias(r -> r.aliasName(ALIAS).targetKeyId(newKey));
    create(BUCKET);
    setDefault(e -> e.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(oldKey));
  }

  <B extends AwsClientBuilder<B, C>, C> C client(B builder) {
    return client(builder, Region.of(aws.region()));
  }

  <B extends AwsClientBuilder<B, C>, C> C client(B builder, Region region) {
    return builder
        .endpointOverride(aws.endpoint())
        .region(region)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
        .build();
  }

  void create(String bucket) {
    s3.createBucket(
        r -> r.bucket(bucket).createBucketConfiguration(c -> c.locationConstraint(aws.region())));
  }

  void setDefault(Consumer<ServerSideEncryptionByDefault.Builder> encryption) {
    setRule(r -> r.applyServerSideEncryptionByDefault(encryption));
  }

  void setRule(Consumer<ServerSideEncryptionRule.Builder> change) {
    ServerSideEncryptionRule rule =
        ServerSideEncryptionRule.builder().applyMutation(change).build();
    s3.putBucketEncryption(
        r -> r.bucket(BUCKET).serverSideEncryptionConfiguration(c -> c.rules(rule)));
  }

  void enableVersioning() {
    s3.putBucketVersioning(
        r ->
            r.bucket(BUCKET)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
  }

  void put(String key) {
    put(key, r -> {});
  }

  void put(String key, Consumer<PutObjectRequest.Builder> how) {
    s3.putObject(
        PutObjectRequest.builder().bucket(BUCKET).key(key).applyMutation(how).build(),
        RequestBody.fromString("content of " + key));
  }

  void plantUnencrypted(String key) {
    aws.s3().plantUnencrypted(BUCKET, key, ("content of " + key).getBytes(StandardCharsets.UTF_8));
  }

  void setPolicy(String policy) {
    s3.putBucketPolicy(r -> r.bucket(BUCKET).policy(policy));
  }

  HeadObjectResponse head(String key) {
    return s3.headObject(r -> r.bucket(BUCKET).key(key));
  }

  HeadObjectResponse head(ObjectVersion version) {
    return s3.headObject(r -> r.bucket(BUCKET).key(version.key()).versionId(version.versionId()));
  }

  String read(String key) {
    return s3.getObjectAsBytes(r -> r.bucket(BUCKET).key(key)).asUtf8String();
  }

  List<ObjectVersion> versions() {
    return s3.listObjectVersionsPaginator(r -> r.bucket(BUCKET)).versions().stream().toList();
  }

  S3Options.Builder options() {
    return S3Options.builder().client(s3).concurrency(8).reportIn(directory);
  }

  RotationPlanner<S3Target> planner() {
    return planner(RotationPlanner.forS3(BUCKET));
  }

  RotationPlanner<S3Target> planner(RotationPlanner<S3Target> planner) {
    return planner
        .because(RotationReason.NEW_KEY_REQUESTED)
        .toKey(ALIAS)
        .with(options().build())
        .kmsClient(kms)
        .calls(quick())
        .clock(aws.clock());
  }

  RotationRunner.Builder runner(S3Options options) {
    return RotationRunner.builder()
        .journal(FileJournal.in(directory))
        .with(options)
        .calls(quick())
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .clock(aws.clock())
        .sleeper(aws.clock()::advance);
  }

  RotationRunner runner() {
    return runner(options().build()).build();
  }

  static AwsCallSettings quick() {
    return AwsCallSettings.builder()
        .callsPerSecond(1_000)
        .firstPause(Duration.ofMillis(1))
        .longestPause(Duration.ofMillis(10))
        .build();
  }

  @Override
  public void close() {
    s3.close();
    kms.close();
    aws.close();
  }
}
