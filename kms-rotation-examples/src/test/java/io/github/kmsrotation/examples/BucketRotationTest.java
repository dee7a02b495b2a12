package io.github.kmsrotation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.testkit.EmbeddedAws;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

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

  @Test
  void rotation_needsNoApproval_andMovesTheObjects(@TempDir Path directory) throws Exception {
    try (EmbeddedAws aws = EmbeddedAws.start();
        KmsClient kms = client(KmsClient.builder(), aws);
        S3Client s3 = client(S3Client.builder(), aws)) {
      String key = kms.createKey().keyMetadata().arn();
      kms.createAlias(r -> r.aliasName("alias/orders-2026").targetKeyId(key));
      s3.createBucket(
          r -> r.bucket(BUCKET).createBucketConfiguration(c -> c.locationConstraint(aws.region())));
      s3.putObject(r -> r.bucket(BUCKET).key("1"), RequestBody.fromString("an order"));
      BucketRotation rotation = new BucketRotation(kms, s3, directory);

      rotation.runner(directory).run(rotation.plan()).requireComplete();

      assertThat(s3.headObject(r -> r.bucket(BUCKET).key("1")).ssekmsKeyId()).isEqualTo(key);
      assertThat(s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("1")).asUtf8String())
          .isEqualTo("an order");
    }
  }
}
