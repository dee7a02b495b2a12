package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.ebs.EbsOptions;
import io.github.kmsrotation.ebs.EbsSelection;
import io.github.kmsrotation.fleet.Fleet;
import io.github.kmsrotation.fleet.FleetReport;
import io.github.kmsrotation.fleet.FleetRunner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
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
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.kms.KmsClient;

/** Rotates all volumes of the embedded AWS that carry a tag, those of each instance together. */
public final class SelectedVolumes implements AutoCloseable {

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final Ec2Client ec2 = local(Ec2Client.builder(), aws);
  private final KmsClient kms = local(KmsClient.builder(), aws);
  private final String newKey = kms.createKey().keyMetadata().arn();
  private final EbsOptions options =
      EbsOptions.builder().client(ec2).kmsClient(kms).stopInstance().build();

  private SelectedVolumes() {}

  /**
   * Runs.
   *
   * @param args none
   * @throws Exception if anything goes wrong
   */
  public static void main(String[] args) throws Exception {
    try (SelectedVolumes volumes = new SelectedVolumes()) {
      volumes.create();
      System.out.println(volumes.rotate(Files.createTempDirectory("selected-volumes")).describe());
      volumes.print();
    }
  }

  private FleetReport rotate(Path journal) {
    // README {
    EbsSelection selection =
        EbsSelection.byTag(ec2, "team", "orders"); // or underKey(ec2, kms, "alias/aws/ebs")
    selection.leftOut().forEach(volume -> System.out.println("Left out: " + text(volume)));

    List<RotationPlan> plans = selection.targets().stream().map(this::plan).toList();
    FleetReport report =
        FleetRunner.builder()
            .journal(FileJournal.in(journal))
            .with(options)
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .clock(aws.clock()) // not in README
            .sleeper(aws.clock()::sleep) // not in README
            .build()
            .run(Fleet.of(plans));
    // README }
    return report.requireComplete();
  }

  private static String text(EbsSelection.LeftOut volume) {
    return volume.volumeId() + ": " + volume.reason();
  }

  private RotationPlan plan(EbsTarget target) {
    return RotationPlanner.forEbs(target)
        .because(RotationReason.NEW_KEY_REQUESTED)
        .toKey(newKey)
        .with(options)
        .kmsClient(kms)
        .clock(aws.clock())
        .plan();
  }

  /** Two instances with two volumes each, one volume that is not attached, and one that is lost. */
  private void create() throws InterruptedException {
    TagSpecification tag =
        TagSpecification.builder()
            .resourceType("volume")
            .tags(Tag.builder().key("team").value("orders").build())
            .build();
    ec2.enableEbsEncryptionByDefault(r -> {});
    ec2.runInstances(
        r ->
            r.imageId(aws.ec2().ebsImage("x86_64"))
                .instanceType("m5.large")
                .minCount(2)
                .maxCount(2)
                .blockDeviceMappings(
                    BlockDeviceMapping.builder()
                        .deviceName("/dev/sdf")
                        .ebs(e -> e.volumeSize(1).volumeType("gp3"))
                        .build())
                .tagSpecifications(tag));
    for (int n = 0; n < 2; n++) {
      String id =
          ec2.createVolume(
                  r ->
                      r.availabilityZone(aws.region() + "a")
                          .size(1)
                          .volumeType("gp3")
                          .tagSpecifications(tag))
              .volumeId();
      aws.clock().sleep(Duration.ofMinutes(5));
      if (n > 0) {
        aws.ec2().breakVolume(id);
      }
    }
  }

  private void print() {
    long rotated =
        ec2.describeVolumes().volumes().stream()
            .filter(volume -> newKey.equals(volume.kmsKeyId()))
            .count();
    System.out.println("Under the new key: " + rotated + " volumes");
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
    ec2.close();
    kms.close();
    aws.close();
  }
}
