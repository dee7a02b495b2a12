package io.github.kmsrotation.ebs;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.target.EbsTarget;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.kms.KmsClient;

/** What an application that rotates volumes has: clients, hooks, planner and runner. */
final class EbsApplication implements AutoCloseable {

  static final String KEY_ALIAS = "alias/volumes-2026";

  final KmsClient kms;
  final Ec2Client ec2;
  final List<String> freezes = new ArrayList<>();
  private final Path journal;

  EbsApplication(URI endpoint, String region, Path journal) {
    this.journal = journal;
    kms = client(KmsClient.builder(), endpoint, region).build();
    ec2 = client(Ec2Client.builder(), endpoint, region).build();
  }

  static <B extends AwsClientBuilder<B, C>, C> B client(B builder, URI endpoint, String region) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(region))
        .overrideConfiguration(c -> c.retryStrategy(RetryMode.STANDARD))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")));
  }

  EbsOptions.Builder undecided() {
    return EbsOptions.builder().client(ec2).kmsClient(kms);
  }

  EbsOptions.Builder stopping() {
    return undecided().stopInstance();
  }

  /** By the name of a scenario, which another process can be told. */
  EbsOptions options(String scenario) {
    EbsOptions.Builder options =
        switch (scenario) {
          case "FROZEN_VOLUME" -> freezing();
          case "COPIED_VOLUME" -> freezing().copyVolumes();
          case "ROOT_VOLUME_BY_TASK" ->
              undecided().replaceRootVolume().iAcceptLosingWritesMadeAfterTheSnapshot();
          case "FAST_RESTORED_VOLUME" -> undecided().fastSnapshotRestore();
          default -> stopping();
        };
    return options.build();
  }

  EbsOptions.Builder freezing() {
    return undecided()
        .writeFreeze(
            new VolumeFreeze() {
              @Override
              public void freeze(AttachedVolume volume) {
                freezes.add("freeze " + volume.volumeId() + " at " + volume.device());
              }

              @Override
              public void thaw(AttachedVolume volume) {
                freezes.add("thaw " + volume.volumeId() + " at " + volume.device());
              }
            });
  }

  RotationPlanner<EbsTarget> planner(String target) {
    return planner(new EbsTarget(target));
  }

  RotationPlanner<EbsTarget> planner(EbsTarget target) {
    return ready(RotationPlanner.forEbs(target));
  }

  /** From the AWS managed key, or from another. */
  RotationPlanner<EbsTarget> defaultKeyPlanner() {
    boolean isOfAws =
        kms.describeKey(r -> r.keyId(ec2.getEbsDefaultKmsKeyId(d -> {}).kmsKeyId()))
            .keyMetadata()
            .keyManagerAsString()
            .equals("AWS");
    RotationPlanner<EbsTarget> planner = ready(RotationPlanner.forEbsDefaultKey());
    return isOfAws ? planner.because(RotationReason.LEAVE_AWS_MANAGED_KEY) : planner;
  }

  private RotationPlanner<EbsTarget> ready(RotationPlanner<EbsTarget> planner) {
    return planner
        .because(RotationReason.NEW_KEY_REQUESTED)
        .toKey(KEY_ALIAS)
        .with(stopping().build())
        .kmsClient(kms)
        .calls(quick());
  }

  RotationRunner.Builder runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(journal))
        .with(stopping().build())
        .calls(quick());
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
    kms.close();
    ec2.close();
  }
}
