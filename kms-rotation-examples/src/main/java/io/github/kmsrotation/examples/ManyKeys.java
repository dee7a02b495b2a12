package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.fleet.FailureBudget;
import io.github.kmsrotation.fleet.Fleet;
import io.github.kmsrotation.fleet.FleetLimits;
import io.github.kmsrotation.fleet.FleetReport;
import io.github.kmsrotation.fleet.FleetRunner;
import io.github.kmsrotation.fleet.WaveRequest;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.kms.KeyOptions;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.testkit.EmbeddedAws;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/** Rotates twenty keys of the embedded AWS in one fleet: one as the canary, then the others. */
public final class ManyKeys implements AutoCloseable {

  private static final int KEYS = 20;

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final KmsClient kms =
      KmsClient.builder()
          .endpointOverride(aws.endpoint())
          .region(Region.of(aws.region()))
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
          .build();
  private final KeyOptions options = KeyOptions.builder().client(kms).build();

  private ManyKeys() {}

  /**
   * Runs.
   *
   * @param args none
   * @throws Exception if anything goes wrong
   */
  public static void main(String[] args) throws Exception {
    try (ManyKeys keys = new ManyKeys()) {
      System.out.println(keys.rotate(Files.createTempDirectory("many-keys")).describe());
    }
  }

  private FleetReport rotate(Path journal) {
    List<RotationPlan> plans = IntStream.range(0, KEYS).mapToObj(n -> plan()).toList();
    // README {
    Fleet fleet =
        Fleet.builder()
            .wave(plans.subList(0, 1)) // the canary
            .wave(plans.subList(1, plans.size())) // the rest, once somebody has approved it
            .build();

    FleetReport report =
        FleetRunner.builder()
            .journal(FileJournal.in(journal))
            .with(options)
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .waveApproval(this::askAboutWave)
            .limits(FleetLimits.builder().inFlight(10).build())
            .failureBudget(FailureBudget.ofCount(2)) // a third failure: nothing more is begun
            .clock(aws.clock()) // not in README
            .sleeper(aws.clock()::sleep) // not in README
            .build()
            .run(fleet);

    report.requireComplete(); // or report.whatIsLeft(), a fleet to run again
    // README }
    return report;
  }

  private RotationPlan plan() {
    return RotationPlanner.forKey(kms.createKey().keyMetadata().arn())
        .because(RotationReason.NEW_MATERIAL_REQUESTED)
        .with(options)
        .kmsClient(kms)
        .clock(aws.clock())
        .plan();
  }

  /** A real tool asks a person here. */
  private Approval askAboutWave(WaveRequest request) {
    System.out.println("Begin wave " + request.wave() + "? yes (the example says so)");
    return Approval.granted("example");
  }

  @Override
  public void close() {
    kms.close();
    aws.close();
  }
}
