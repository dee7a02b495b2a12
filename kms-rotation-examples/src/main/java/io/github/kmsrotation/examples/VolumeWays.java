package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.ebs.EbsOptions;
import io.github.kmsrotation.ebs.SsmVolumeCopier;
import io.github.kmsrotation.ebs.TargetGroupSwitch;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.target.EbsTarget;
import io.github.kmsrotation.testkit.EmbeddedAws;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The ways beside the swap; all are run but the copy, which needs an instance with a system. */
public final class VolumeWays implements AutoCloseable {

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final Ec2Client ec2 = local(Ec2Client.builder(), aws);
  private final KmsClient kms = local(KmsClient.builder(), aws);
  private final SsmClient ssm = local(SsmClient.builder(), aws);
  private final ElasticLoadBalancingV2Client elb =
      local(ElasticLoadBalancingV2Client.builder(), aws);
  private final String newKey = kms.createKey().keyMetadata().arn();

  private VolumeWays() {}

  /**
   * Runs.
   *
   * @param args none
   * @throws Exception if anything goes wrong
   */
  public static void main(String[] args) throws Exception {
    try (VolumeWays ways = new VolumeWays()) {
      ways.rotate(Files.createTempDirectory("volume-ways"));
    }
  }

  private void rotate(Path journal) throws Exception {
    ec2.enableEbsEncryptionByDefault(r -> {});
    String targetGroupArn = aws.elb().targetGroup("orders", 8080);
    String first = runInstance();
    String second = runInstance();
    aws.clock().sleep(Duration.ofMinutes(10));
    elb.registerTargets(
        r ->
            r.targetGroupArn(targetGroupArn)
                .targets(TargetDescription.builder().id(second).build()));
    String snapshotId = snapshot(first);
    aws.clock().sleep(Duration.ofMinutes(10));
    String imageId = image(first);
    aws.clock().sleep(Duration.ofMinutes(30));
    // README {
    EbsOptions.Builder rebooting = // the root volume, by CreateReplaceRootVolumeTask
        EbsOptions.builder().replaceRootVolume().iAcceptLosingWritesMadeAfterTheSnapshot();

    EbsOptions.Builder anew = // an instance with the same settings takes over the traffic
        EbsOptions.builder().stopInstance().newInstance(TargetGroupSwitch.of(elb, targetGroupArn));

    EbsOptions.Builder copying = // data volumes, on the instance, which stays up
        EbsOptions.builder().copyWith(SsmVolumeCopier.with(ssm)).newVolumeSize(200);

    List<RotationPlanner<EbsTarget>> others =
        List.of(
            RotationPlanner.forEbs(snapshotId), // snap-...
            RotationPlanner.forEbs(imageId), // ami-..., with its snapshots
            RotationPlanner.forEbsDefaultKey()); // of the account, in this Region
    // README }
    System.out.println(copying.build());
    run(journal, RotationPlanner.forEbs(first), rebooting);
    run(journal, RotationPlanner.forEbs(second), anew);
    for (RotationPlanner<EbsTarget> other : others) {
      run(journal, other, EbsOptions.builder());
    }
  }

  private void run(Path journal, RotationPlanner<EbsTarget> planner, EbsOptions.Builder how) {
    EbsOptions options = how.client(ec2).kmsClient(kms).build();
    RotationPlan plan =
        planner
            .because(RotationReason.NEW_KEY_REQUESTED)
            .toKey(newKey)
            .with(options)
            .kmsClient(kms)
            .clock(aws.clock())
            .plan();
    System.out.println(plan.describe());
    System.out.println(
        RotationRunner.builder()
            .journal(FileJournal.in(journal))
            .with(options)
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .clock(aws.clock())
            .sleeper(aws.clock()::sleep)
            .build()
            .run(plan)
            .requireComplete()
            .describe());
  }

  private String runInstance() {
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

  private String snapshot(String instanceId) {
    return ec2.createSnapshots(r -> r.instanceSpecification(i -> i.instanceId(instanceId)))
        .snapshots()
        .get(0)
        .snapshotId();
  }

  private String image(String instanceId) {
    return ec2.createImage(r -> r.instanceId(instanceId).name("orders").noReboot(true)).imageId();
  }

  private static <B extends AwsClientBuilder<B, C>, C> C local(B builder, EmbeddedAws aws) {
    return builder
        .endpointOverride(aws.endpoint())
        .region(Region.of(aws.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  @Override
  public void close() {
    elb.close();
    ssm.close();
    ec2.close();
    kms.close();
    aws.close();
  }
}
