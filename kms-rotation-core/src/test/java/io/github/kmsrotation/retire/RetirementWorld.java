package io.github.kmsrotation.retire;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.target.KeyRetirementTarget;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;

/** An embedded AWS with a key that nothing uses any more, and who retires it. */
final class RetirementWorld implements AutoCloseable {

  final EmbeddedAws aws;
  final KmsClient kms;
  final String key;

  /** What a service has under the key. */
  final List<KeyUse> uses = new ArrayList<>();

  private final Path journal;

  RetirementWorld(Path journal) {
    this(journal, Duration.ZERO);
  }

  RetirementWorld(Path journal, Duration eventualConsistency) {
    this.journal = journal;
    aws =
        EmbeddedAws.builder()
            .clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")))
            .eventualConsistency(eventualConsistency)
            .start();
    kms = client(aws.region());
    key = kms.createKey().keyMetadata().arn();
    pass(eventualConsistency);
    aws.calls().clear();
  }

  KmsClient client(String region) {
    return KmsClient.builder()
        .endpointOverride(aws.endpoint())
        .region(Region.of(region))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
        .build();
  }

  void pass(Duration time) {
    try {
      aws.clock().sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void use() {
    kms.encrypt(r -> r.keyId(key).plaintext(SdkBytes.fromUtf8String("an order")));
  }

  KeyMetadata describe() {
    return kms.describeKey(r -> r.keyId(key)).keyMetadata();
  }

  KeyState state() {
    return describe().keyState();
  }

  KeyRetirementOptions.Builder options() {
    return KeyRetirementOptions.builder().client(kms).with(new ListedUses.Options(uses));
  }

  RotationPlanner<KeyRetirementTarget> planner() {
    return planner(key);
  }

  RotationPlanner<KeyRetirementTarget> planner(String named) {
    return RotationPlanner.forKeyRetirement(named)
        .with(options().build())
        .kmsClient(kms)
        .calls(quick())
        .clock(aws.clock());
  }

  RotationRunner.Builder runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(journal))
        .with(options().build())
        .calls(quick())
        .clock(aws.clock())
        .sleeper(aws.clock()::sleep);
  }

  RotationRunner approving() {
    return runner().approval(Approvals.approveEveryPhaseIncludingDeletion()).build();
  }

  /** Accepts that some phases cannot be undone, and only grants the others. */
  RotationRunner accepting(Phase... phases) {
    return accepting(runner(), phases);
  }

  static RotationRunner accepting(RotationRunner.Builder runner, Phase... phases) {
    Set<Phase> accepted = EnumSet.noneOf(Phase.class);
    accepted.addAll(List.of(phases));
    return runner
        .approval(
            Approvals.before(
                Phase.CUTOVER,
                Phase.RETIRE,
                request ->
                    accepted.contains(request.phase())
                        ? Approval.iAcceptThatThisCannotBeUndone("test")
                        : Approval.granted("test")))
        .build();
  }

  private static AwsCallSettings quick() {
    return AwsCallSettings.builder()
        .callsPerSecond(1_000)
        .firstPause(Duration.ofMillis(1))
        .longestPause(Duration.ofMillis(10))
        .build();
  }

  @Override
  public void close() {
    kms.close();
    aws.close();
  }
}
