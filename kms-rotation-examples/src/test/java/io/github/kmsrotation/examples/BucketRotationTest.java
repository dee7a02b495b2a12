package io.github.kmsrotation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.endpoints.EndpointUrl;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3control.S3ControlClient;

class BucketRotationTest {

  private static final String BUCKET = "orders-archive";

  private static <B extends AwsClientBuilder<B, C>, C> C client(B builder, EmbeddedAws aws) {
    return builder
        .endpointOverride(aws.endpoint())
        .region(Region.of(aws.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  /** By itself the client asks for a host that no resolver knows. */
  private static S3ControlClient control(EmbeddedAws aws) {
    Endpoint endpoint = Endpoint.builder().endpointUrl(EndpointUrl.fromUri(aws.endpoint())).build();
    return client(
        S3ControlClient.builder()
            .endpointProvider(params -> CompletableFuture.completedFuture(endpoint))
            .overrideConfiguration(
                c ->
                    c.putAdvancedOption(
                        SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)),
        aws);
  }

  private static String prepare(EmbeddedAws aws, KmsClient kms, S3Client s3) {
    String key = kms.createKey().keyMetadata().arn();
    kms.createAlias(r -> r.aliasName("alias/orders-2026").targetKeyId(key));
    for (String bucket : List.of(BUCKET, "batch-artifacts")) {
      s3.createBucket(
          r -> r.bucket(bucket).createBucketConfiguration(c -> c.locationConstraint(aws.region())));
    }
    s3.putObject(r -> r.bucket(BUCKET).key("1"), RequestBody.fromString("an order"));
    return key;
  }

  private static void assertMoved(S3Client s3, String key) {
    assertThat(s3.headObject(r -> r.bucket(BUCKET).key("1")).ssekmsKeyId()).isEqualTo(key);
    assertThat(s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("1")).asUtf8String())
        .isEqualTo("an order");
  }

  @Test
  void rotation_needsNoApproval_andMovesTheObjects(@TempDir Path directory) throws Exception {
    try (EmbeddedAws aws = EmbeddedAws.start();
        KmsClient kms = client(KmsClient.builder(), aws);
        S3Client s3 = client(S3Client.builder(), aws)) {
      String key = prepare(aws, kms, s3);
      BucketRotation rotation = new BucketRotation(kms, s3, directory);

      rotation.runner(directory).run(rotation.plan()).requireComplete();

      assertMoved(s3, key);
    }
  }

  @Test
  void rotation_byBatchOperations_movesTheObjects(@TempDir Path directory) throws Exception {
    TestClock clock = TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"));
    try (EmbeddedAws aws = EmbeddedAws.builder().clock(clock).start();
        KmsClient kms = client(KmsClient.builder(), aws);
        S3Client s3 = client(S3Client.builder(), aws);
        S3ControlClient control = control(aws)) {
      String key = prepare(aws, kms, s3);
      String role = "arn:aws:iam::" + aws.accountId() + ":role/batch";
      BucketByBatch rotation = new BucketByBatch(kms, s3, control, role);

      rotation
          .runner(directory)
          .clock(clock)
          .sleeper(clock::advance)
          .build()
          .run(rotation.plan())
          .requireComplete();

      assertMoved(s3, key);
      assertThat(control.listJobs(r -> r.accountId(aws.accountId())).jobs()).isNotEmpty();
    }
  }
}
