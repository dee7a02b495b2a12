package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.testkit.autoscaling.AutoScalingService;
import io.github.kmsrotation.testkit.clock.TestClock;
import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.dynamodb.DynamoDbService;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.elb.ElbService;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.kms.KmsService;
import io.github.kmsrotation.testkit.rds.RdsService;
import io.github.kmsrotation.testkit.s3.S3Service;
import io.github.kmsrotation.testkit.s3control.S3ControlService;
import io.github.kmsrotation.testkit.ssm.SsmService;
import io.github.kmsrotation.testkit.sts.StsService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** The tables of the README name every operation that is modelled, once, and no other. */
class ReadmeTest {

  private static final String ACCOUNT = "111122223333";

  private final Timeline timeline =
      new Timeline(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")), Duration.ZERO);

  @Test
  void tables_nameWhatIsModelled() throws IOException {
    KmsService kms = new KmsService(ACCOUNT, timeline, true);
    try (RdsService rds = new RdsService(ACCOUNT, timeline, kms);
        Ec2Service ec2 = new Ec2Service(ACCOUNT, timeline, kms, false);
        SsmService ssm = new SsmService(timeline, ec2);
        S3Service s3 = new S3Service(ACCOUNT, new ReentrantLock(), timeline, kms.dataKeys())) {
      for (AwsService service :
          List.of(kms, rds, ec2, ssm, new AutoScalingService(timeline, ec2), new StsService())) {
        assertNamed(service.name().toUpperCase(Locale.ROOT), service.operations().keySet());
      }
      assertNamed(
          "Elastic Load Balancing", new ElbService(ACCOUNT, timeline, ec2).operations().keySet());
      assertNamed("DynamoDB", new DynamoDbService(ACCOUNT, timeline).operations().keySet());
      assertNamed("S3", s3.operations().keySet());
      S3ControlService control = new S3ControlService(ACCOUNT, new ReentrantLock(), timeline, s3);
      assertNamed("S3 Control", control.operations().keySet());
    }
  }

  private static void assertNamed(String service, Set<String> operations) throws IOException {
    assertThat(operationsOf(service))
        .as("operations of %s in the README", service)
        .containsExactlyInAnyOrderElementsOf(operations);
  }

  /** What stands in the first column below a heading. */
  private static List<String> operationsOf(String heading) throws IOException {
    List<String> operations = new ArrayList<>();
    boolean isWithin = false;
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      if (line.startsWith("#")) {
        isWithin = line.equals("## " + heading);
      } else if (isWithin && line.startsWith("| ") && !line.startsWith("| operation ")) {
        operations.addAll(List.of(line.split("\\|")[1].strip().split(", ")));
      }
    }
    return operations;
  }
}
