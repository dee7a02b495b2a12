package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.ebs.EbsOptions;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.testkit.EmbeddedAws;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;
import software.amazon.awssdk.services.kms.KmsClient;

/** Rotates the volumes of an instance of the embedded AWS. */
public final class InstanceVolumes implements AutoCloseable {

  private static final byte[] DATA = "the data".getBytes(StandardCharsets.UTF_8);

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final Ec2Client ec2 = local(Ec2Client.builder(), aws);
  private final KmsClient kms = local(KmsClient.builder(), aws);
  private final EbsOptions options;

  private InstanceVolumes() {
    // README {
    EbsOptions options =
        EbsOptions.builder()
            .client(ec2) // not in README
            .kmsClient(kms) // not in README
            .stopInstance() // stops and starts it; or writeFreeze(...) for data volumes
            .observeFor(Duration.ofHours(1))
            .build();
    // README }
    this.options = options;
  }

  /**
   * Runs.
   *
   * @param args none
   * @throws Exception if anything goes wrong
   */
  public static void main(String[] args) throws Exception {
    try (InstanceVolumes volumes = new InstanceVolumes()) {
      volumes.rotate(Files.createTempDirectory("instance-volumes"));
    }
  }

  private void rotate(Path journal) throws InterruptedException {
    kms.createAlias(
        r -> r.aliasName("alias/volumes-2026").targetKeyId(kms.createKey().keyMetadata().keyId()));
    String instanceId = runInstance();
    aws.clock().sleep(Duration.ofMinutes(10));
    volumes(instanceId).forEach(volume -> aws.ec2().write(volume, 0, DATA));
    print("Before", instanceId);
    // README {
    RotationPlan plan =
        RotationPlanner.forEbs(instanceId) // or one volume: vol-...
            .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
            .toKey("alias/volumes-2026")
            .with(options)
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    System.out.println(plan.describe());
    RotationRunner runner =
        RotationRunner.builder()
            .journal(FileJournal.in(journal))
            .with(options)
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .clock(aws.clock())
            .sleeper(aws.clock()::sleep)
            .build();
    System.out.println(runner.run(plan).requireComplete().describe());
    print("After", instanceId);
  }

  /** Its root volume is under the AWS managed key. */
  private String runInstance() {
    ec2.enableEbsEncryptionByDefault(r -> {});
    return ec2.runInstances(
            r ->
                r.imageId(aws.ec2().ebsImage("x86_64"))
                    .instanceType("m5.large")
                    .minCount(1)
                    .maxCount(1))
        .instances()
        .get(0)
        .instanceId();
  }

  private List<String> volumes(String instanceId) {
    return ec2
        .describeInstances(r -> r.instanceIds(instanceId))
        .reservations()
        .get(0)
        .instances()
        .get(0)
        .blockDeviceMappings()
        .stream()
        .map(InstanceBlockDeviceMapping::ebs)
        .map(ebs -> ebs.volumeId())
        .toList();
  }

  private void print(String when, String instanceId) {
    for (String volume : volumes(instanceId)) {
      System.out.println(
          when
              + ": "
              + volume
              + " holds '"
              + new String(aws.ec2().read(volume, 0, DATA.length), StandardCharsets.UTF_8)
              + "' under "
              + ec2.describeVolumes(r -> r.volumeIds(volume)).volumes().get(0).kmsKeyId());
    }
  }

  static <B extends AwsClientBuilder<B, C>, C> C local(B builder, EmbeddedAws aws) {
    return builder
        .endpointOverride(aws.endpoint())
        .region(Region.of(aws.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  @Override
  public void close() {
    ec2.close();
    kms.close();
    aws.close();
  }
}
