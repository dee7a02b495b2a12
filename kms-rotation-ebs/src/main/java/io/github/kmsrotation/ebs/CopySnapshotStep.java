package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.spi.AwsQuota;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.CopySnapshotRequest;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/**
 * A copy of the snapshot, under the new key. The call has no client token, so it is sent once, and
 * the copy is found by the run's tag. EBS looks at the keys only after it took the call: where one
 * cannot be used, the copy becomes {@code error}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html">CopySnapshot</a>
 */
final class CopySnapshotStep extends EbsStep {

  static final String ID = "copy-snapshot";

  /** A fact: the copy. */
  static final String COPY_ID = "copyId";

  /**
   * What EBS allows at a time.
   *
   * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html">Quotas
   *     for Amazon EBS</a>
   */
  static final AwsQuota COPIES_AT_A_TIME =
      new AwsQuota("ebs", "Concurrent snapshot copies per destination Region", 20);

  private static final String COPY = "ec2:CopySnapshot";

  private static final Set<String> BUSY =
      Set.of("ResourceLimitExceeded", "ConcurrentSnapshotLimitExceeded");

  private final CopySettings settings;

  CopySnapshotStep(Env env, CopySettings settings) {
    super(
        new StepDescription(
            ID,
            "Copy the snapshot " + env.plan().targetId() + " under the new KMS key",
            Phase.COPY,
            List.of(COPY),
            List.of(SnapshotsStep.DELETE),
            List.of("copy of " + env.plan().targetId()),
            Undo.UNDOABLE),
        env);
    this.settings = settings;
  }

  private String originalId() {
    return env.plan().targetId();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    List<Snapshot> copies = ec2.snapshotsMadeBy(context, env.runId());
    if (!copies.isEmpty()) {
      return judge(copies.get(0));
    }
    if (isSettling(context, COPY, originalId())) {
      return waitFor("ec2:SnapshotFound", originalId(), "requested, not shown yet");
    }
    Optional<Snapshot> original = ec2.snapshot(context, originalId());
    return original.isEmpty()
        ? gone("The snapshot " + originalId())
        : copy(context, original.get());
  }

  private StepOutcome judge(Snapshot copy) {
    String id = copy.snapshotId();
    return switch (copy.state()) {
      case COMPLETED ->
          env.targetKeyArn().equals(copy.kmsKeyId())
              ? StepOutcome.done(Facts.of(Map.of(COPY_ID, id, "kmsKeyId", copy.kmsKeyId())))
              : StepOutcome.blocked(
                  "The copy " + id + " is under " + copy.kmsKeyId() + ", not the new key.",
                  "Roll back and report this; the original is untouched.");
      case PENDING -> waitFor("ec2:SnapshotCompleted", id, "pending, " + copy.progress());
      default ->
          StepOutcome.blocked(
              "The copy "
                  + id
                  + " is "
                  + copy.stateAsString()
                  + Optional.ofNullable(copy.stateMessage()).map(m -> ": " + m).orElse("")
                  + ".",
              "It often means that EBS may not use the new key, or the snapshot's: look at the"
                  + " state and the policy of both. The original is untouched: roll back, and run"
                  + " again.");
    };
  }

  private StepOutcome copy(StepContext context, Snapshot original) {
    CopySnapshotRequest request = request(original);
    try {
      context.mutate(COPY, originalId(), () -> ec2.client().copySnapshot(request));
    } catch (Ec2Exception e) {
      String code = AwsFailure.errorCode(e);
      if (BUSY.contains(code)) {
        return waitFor("ec2:ReadyForSnapshotCopy", originalId(), code);
      }
      throw e;
    }
    return waitFor("ec2:SnapshotCompleted", originalId(), "just requested");
  }

  private CopySnapshotRequest request(Snapshot original) {
    CopySnapshotRequest.Builder request =
        CopySnapshotRequest.builder()
            .sourceRegion(env.plan().region())
            .destinationRegion(env.plan().region())
            .sourceSnapshotId(originalId())
            .description(original.description())
            .encrypted(true)
            .kmsKeyId(env.targetKeyArn())
            .overrideConfiguration(SentOnce.override())
            .tagSpecifications(
                RunTag.ofCopy(ResourceType.SNAPSHOT, original.tags(), env.runId(), originalId()));
    settings.completionMinutes().ifPresent(request::completionDurationMinutes);
    return request.build();
  }

  @Override
  public StepOutcome undo(StepContext context) {
    // What somebody made with the copy's tags is not this run's.
    Optional<String> known = context.factsOf(ID).find(COPY_ID);
    List<Snapshot> copies =
        ec2.snapshotsMadeBy(context, env.runId()).stream()
            .filter(copy -> known.isEmpty() || known.get().equals(copy.snapshotId()))
            .toList();
    if (copies.isEmpty()) {
      return isSettling(context, COPY, originalId())
          ? waitFor("ec2:SnapshotFound", originalId(), "requested, not shown yet")
          : StepOutcome.done();
    }
    return SnapshotsStep.delete(context, env, copies.get(0));
  }
}
