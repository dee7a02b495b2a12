package io.github.kmsrotation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.s3.S3Client;

class FormerKeyRetirementTest {

  private static <B extends AwsClientBuilder<B, C>, C> C client(B builder, EmbeddedAws aws) {
    return builder
        .endpointOverride(aws.endpoint())
        .region(Region.of(aws.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  @Test
  void retirement_schedulesTheDeletion_andIsTakenBackInTheWaitingPeriod(@TempDir Path directory)
      throws Exception {
    TestClock clock = TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"));
    try (EmbeddedAws aws = EmbeddedAws.builder().clock(clock).start();
        KmsClient kms = client(KmsClient.builder(), aws);
        RdsClient rds = client(RdsClient.builder(), aws);
        Ec2Client ec2 = client(Ec2Client.builder(), aws);
        S3Client s3 = client(S3Client.builder(), aws)) {
      String key = kms.createKey().keyMetadata().arn();
      kms.encrypt(r -> r.keyId(key).plaintext(SdkBytes.fromUtf8String("an order")));
      FormerKeyRetirement retirement = new FormerKeyRetirement(kms, rds, ec2, s3);

      RotationPlan plan = retirement.plan(key, clock);
      RotationRunner runner =
          retirement.runner(
              directory,
              request -> Approval.iAcceptThatThisCannotBeUndone("operator"),
              clock,
              clock::sleep);
      runner.run(plan).requireComplete();
      assertThat(state(kms, key)).isEqualTo(KeyState.PENDING_DELETION);

      clock.sleep(Duration.ofDays(20));
      assertThat(runner.rollBack(plan.runId()).status()).isEqualTo(RunStatus.ROLLED_BACK);
      assertThat(state(kms, key)).isEqualTo(KeyState.ENABLED);
    }
  }

  private static KeyState state(KmsClient kms, String key) {
    return kms.describeKey(r -> r.keyId(key)).keyMetadata().keyState();
  }
}
