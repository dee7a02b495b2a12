package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/**
 * The server that all are measured against, in a process of its own: an embedded AWS with one
 * bucket of as many objects as it is told, 1 KiB each, and two keys. It ends with its input.
 */
final class BucketServer {

  static final String BUCKET = "bench";
  static final String REGION = "eu-central-1";

  private BucketServer() {}

  /**
   * Arguments: how many objects, and how many milliseconds every answer takes. Prints endpoint and
   * the ARNs of the keys.
   */
  public static void main(String[] arguments) throws IOException {
    int objects = Integer.parseInt(arguments[0]);
    try (EmbeddedAws aws =
        EmbeddedAws.builder().region(REGION).clock(TestClock.running(1)).start()) {
      String first;
      String second;
      try (KmsClient kms = client(KmsClient.builder(), aws.endpoint());
          S3Client s3 = client(S3Client.builder(), aws.endpoint())) {
        first = kms.createKey().keyMetadata().arn();
        second = kms.createKey().keyMetadata().arn();
        s3.createBucket(
            r -> r.bucket(BUCKET).createBucketConfiguration(c -> c.locationConstraint(REGION)));
        ServerSideEncryptionByDefault byDefault =
            ServerSideEncryptionByDefault.builder()
                .sseAlgorithm(ServerSideEncryption.AWS_KMS)
                .kmsMasterKeyID(first)
                .build();
        ServerSideEncryptionRule rule =
            ServerSideEncryptionRule.builder()
                .bucketKeyEnabled(true)
                .applyServerSideEncryptionByDefault(byDefault)
                .build();
        s3.putBucketEncryption(
            r -> r.bucket(BUCKET).serverSideEncryptionConfiguration(c -> c.rules(rule)));
      }
      for (int i = 0; i < objects; i++) {
        aws.s3().plantZeros(BUCKET, String.format(Locale.ROOT, "objects/%07d", i), 1024);
      }
      int latency = Integer.parseInt(arguments[1]);
      if (latency > 0) {
        aws.faults().onAny().times(Integer.MAX_VALUE).delay(Duration.ofMillis(latency));
      }
      System.out.println(aws.endpoint() + " " + first + " " + second);
      BufferedReader input =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (input.readLine() != null) {
        aws.calls().clear();
      }
    }
  }

  static <B extends AwsClientBuilder<B, C>, C> C client(B builder, URI endpoint) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
        .build();
  }
}
