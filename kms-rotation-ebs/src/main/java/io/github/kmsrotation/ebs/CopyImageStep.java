package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.CopyImageRequest;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.ImageState;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/**
 * A copy of the AMI, whose snapshots are copied under the new key. Not RegisterImage with copied
 * snapshots: that cannot carry the platform and the billing of Windows, Red Hat, SUSE or SQL
 * Server, and whatever attribute AWS adds next would be lost. CopyImage makes an identical AMI, but
 * for what it is said not to copy, which later steps carry over. It also has a client token.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html">CopyImage</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html">RegisterImage</a>
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/CopyingAMIs.html">Copy an
 *     Amazon EC2 AMI</a>
 */
final class CopyImageStep extends EbsStep {

  static final String ID = "copy-image";

  private static final String COPY = "ec2:CopyImage";
  private static final String DEREGISTER = "ec2:DeregisterImage";
  private static final int LONGEST_NAME = 128;

  /** What a call is told whose first attempt, with its answer lost, deregistered the AMI. */
  private static final Set<String> GONE =
      Set.of("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable");

  private final CopySettings settings;

  CopyImageStep(Env env, CopySettings settings) {
    super(
        new StepDescription(
            ID,
            "Copy the AMI " + env.plan().targetId() + ", its snapshots under the new KMS key",
            Phase.COPY,
            List.of(COPY),
            List.of(DEREGISTER, SnapshotsStep.DELETE),
            List.of("copy of " + env.plan().targetId(), "copies of its snapshots"),
            Undo.UNDOABLE),
        env);
    this.settings = settings;
  }

  static String nameOfCopy(Image image, RunId run) {
    String name = VolumeAttribute.text(image.name());
    int most = LONGEST_NAME - run.value().length() - 1;
    return (name.length() > most ? name.substring(0, most) : name) + " " + run;
  }

  private String originalId() {
    return env.plan().targetId();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    List<Image> copies = ec2.imagesMadeBy(context, env.runId());
    if (!copies.isEmpty()) {
      return judge(copies.get(0));
    }
    if (isSettling(context, COPY, originalId())) {
      return waitFor("ec2:ImageFound", originalId(), "requested, not shown yet");
    }
    if (!mayBeSent(context)) {
      return StepOutcome.blocked(
          "The copy of the AMI was requested and is not there.",
          "Somebody may have deregistered it. The original is untouched: resume, or roll back.");
    }
    Optional<Image> original = ec2.image(context, originalId());
    return original.isEmpty() ? gone("The AMI " + originalId()) : copy(context, original.get());
  }

  /** The second call of a pair has the token of the first, for the case that that never arrived. */
  private boolean mayBeSent(StepContext context) {
    int sent = context.timesSent(COPY, originalId());
    Instant last = context.lastSent(COPY, originalId()).orElse(Instant.MIN);
    return sent % 2 == 1 || last.isBefore(context.begunAt());
  }

  private StepOutcome judge(Image copy) {
    String id = copy.imageId();
    if (copy.state() == ImageState.AVAILABLE) {
      return StepOutcome.done(
          Facts.of(
              Map.of(CopySnapshotStep.COPY_ID, id, "name", VolumeAttribute.text(copy.name()))));
    }
    return copy.state() == ImageState.PENDING
        ? waitFor("ec2:ImageAvailable", id, "pending")
        : StepOutcome.blocked(
            "The copy "
                + id
                + " is "
                + copy.stateAsString()
                + Optional.ofNullable(copy.stateReason()).map(r -> ": " + r.message()).orElse("")
                + ".",
            "It often means that EBS may not use the new key, or a snapshot's: look at the state"
                + " and the policy of both. The original is untouched: roll back, and run again.");
  }

  private StepOutcome copy(StepContext context, Image original) {
    int pair = context.timesSent(COPY, originalId()) / 2;
    CopyImageRequest.Builder request =
        CopyImageRequest.builder()
            .name(nameOfCopy(original, env.runId()))
            .description(original.description())
            .sourceImageId(originalId())
            .sourceRegion(env.plan().region())
            .encrypted(true)
            .kmsKeyId(env.targetKeyArn())
            .clientToken(env.runId() + "-" + originalId() + "-" + pair)
            .tagSpecifications(
                RunTag.ofCopy(ResourceType.IMAGE, original.tags(), env.runId(), originalId()),
                RunTag.ofCopy(ResourceType.SNAPSHOT, List.of(), env.runId(), originalId()));
    settings
        .completionMinutes()
        .ifPresent(m -> request.snapshotCopyCompletionDurationMinutes(m.longValue()));
    context.mutate(COPY, originalId(), () -> ec2.client().copyImage(request.build()));
    return waitFor("ec2:ImageAvailable", originalId(), "just requested");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    // What somebody made with the copy's tags is not this run's.
    Optional<String> known = context.factsOf(ID).find(CopySnapshotStep.COPY_ID);
    List<Image> copies =
        ec2.imagesMadeBy(context, env.runId()).stream()
            .filter(copy -> known.isEmpty() || known.get().equals(copy.imageId()))
            .toList();
    if (!copies.isEmpty()) {
      return deregister(context, env, copies.get(0).imageId());
    }
    List<Snapshot> snapshots = ec2.snapshotsMadeBy(context, env.runId());
    if (!snapshots.isEmpty()) {
      return SnapshotsStep.delete(context, env, snapshots.get(0));
    }
    return isSettling(context, COPY, originalId())
        ? waitFor("ec2:ImageFound", originalId(), "requested, not shown yet")
        : StepOutcome.done();
  }

  static StepOutcome deregister(StepContext context, Env env, String imageId) {
    if (!isSettling(context, DEREGISTER, imageId)) {
      try {
        context.mutate(
            DEREGISTER, imageId, () -> env.ec2().client().deregisterImage(r -> r.imageId(imageId)));
      } catch (Ec2Exception e) {
        if (!GONE.contains(AwsFailure.errorCode(e))) {
          throw e;
        }
      }
    }
    return env.waitFor("ec2:ImageDeregistered", imageId, "requested");
  }
}
