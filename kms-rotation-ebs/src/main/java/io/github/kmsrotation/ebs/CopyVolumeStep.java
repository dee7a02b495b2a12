package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.CopyVolumesRequest;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/**
 * A new volume as a copy of the original, under the new key. EBS looks at keys after it took the
 * call: a copy that does not come out under the new one is deleted, and then, as where AWS refuses
 * the call, this step ends without a volume, for a snapshot to be made instead. What is not said is
 * not copied: tags are not, and the type would be gp2.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyVolumes.html">CopyVolumes</a>
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copying-volume.html">Copy an
 *     Amazon EBS volume</a>
 */
final class CopyVolumeStep extends EbsStep {

  /** A fact: why there is no copy. */
  private static final String FALLBACK = "noCopySince";

  private static final String COPY = "ec2:CopyVolumes";

  /** Both have the same client token; the second is for the case that the first never arrived. */
  private static final int MOST_REQUESTS = 2;

  private final Disk disk;
  private final BackInService backInService;
  private final Discarding discarding;

  CopyVolumeStep(Env env, Disk disk, BackInService backInService) {
    super(
        new StepDescription(
            id(disk),
            "Copy " + disk.name() + " to a new volume under the new KMS key",
            Phase.COPY,
            List.of(COPY, Discarding.DELETE),
            undoCalls(env, backInService),
            List.of("volume for " + disk.name()),
            Undo.UNDOABLE),
        env);
    this.disk = disk;
    this.backInService = backInService;
    this.discarding = new Discarding(env, disk, id(disk));
  }

  private static List<String> undoCalls(Env env, BackInService backInService) {
    List<String> calls = new ArrayList<>(Discarding.calls(env.subject()));
    calls.remove(Discarding.DELETE);
    calls.addAll(backInService.calls());
    return calls;
  }

  static String id(Disk disk) {
    return "copy-volume-" + disk.volumeId();
  }

  /** What the step noted about the copy, if there is one. */
  static Optional<Facts> copied(StepContext context, Disk disk) {
    Facts facts = context.factsOf(id(disk));
    return facts.find(CreateVolumeStep.VOLUME_ID).map(volumeId -> facts);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<String> unusable = context.lastCheckpoint().find(FALLBACK);
    List<Volume> made = made(context);
    if (unusable.isPresent()) {
      return made.isEmpty()
          ? withoutCopy(unusable.get())
          : Discarding.delete(context, env, made.get(0));
    }
    if (!made.isEmpty()) {
      return judge(context, made.get(0));
    }
    if (isSettling(context, COPY, disk.volumeId())) {
      return waitFor("ec2:VolumeFound", disk.volumeId(), "requested, not shown yet");
    }
    return context.timesSent(COPY, disk.volumeId()) < MOST_REQUESTS
        ? copy(context)
        : withoutCopy("a copy was requested and is not there");
  }

  private List<Volume> made(StepContext context) {
    return ec2.volumesMadeBy(context, env.runId()).stream()
        .filter(volume -> disk.volumeId().equals(volume.sourceVolumeId()))
        .filter(volume -> volume.state() != VolumeState.DELETED)
        .toList();
  }

  private StepOutcome copy(StepContext context) {
    Optional<StepOutcome> disturbed =
        AsPlanned.obstacle(env, context).or(() -> Stillness.disturbed(env, context));
    if (disturbed.isPresent()) {
      return disturbed.get();
    }
    Optional<Volume> original = ec2.volume(context, disk.volumeId());
    if (original.isEmpty()) {
      return gone("The volume " + disk.volumeId());
    }
    CopyVolumesRequest request = request(original.get());
    try {
      context.mutate(COPY, disk.volumeId(), () -> ec2.client().copyVolumes(request));
    } catch (Ec2Exception e) {
      return withoutCopy("EC2 refused it: " + AwsFailure.errorCode(e));
    }
    return waitFor("ec2:VolumeAvailable", disk.volumeId(), "just requested");
  }

  private CopyVolumesRequest request(Volume original) {
    CopyVolumesRequest.Builder request =
        CopyVolumesRequest.builder()
            .sourceVolumeId(original.volumeId())
            .encrypted(true)
            .kmsKeyId(env.targetKeyArn())
            .size(original.size())
            .volumeType(original.volumeType())
            .clientToken(env.runId() + "-copy-" + disk.volumeId())
            .tagSpecifications(
                RunTag.specification(
                    ResourceType.VOLUME, RunTag.userTags(original.tags()), RunTag.of(env.runId())));
    if (CreateVolumeStep.takesIops(original.volumeType())) {
      request.iops(original.iops());
    }
    if (original.volumeType() == VolumeType.GP3) {
      request.throughput(original.throughput());
    }
    if (Boolean.TRUE.equals(original.multiAttachEnabled())) {
      request.multiAttachEnabled(true);
    }
    return request.build();
  }

  private StepOutcome judge(StepContext context, Volume copy) {
    String id = copy.volumeId();
    return switch (copy.state()) {
      case CREATING -> waitFor("ec2:VolumeAvailable", id, "creating");
      case AVAILABLE ->
          env.targetKeyArn().equals(copy.kmsKeyId())
              ? StepOutcome.done(
                  Facts.of(Map.of(CreateVolumeStep.VOLUME_ID, id, "kmsKeyId", copy.kmsKeyId())))
              : discard(context, copy, "the copy came out under " + copy.kmsKeyId());
      case IN_USE ->
          StepOutcome.blocked(
              "Somebody attached the new volume " + id + " before it was verified.",
              "Detach it and resume, or roll back.");
      default -> discard(context, copy, "the copy was " + copy.stateAsString());
    };
  }

  private StepOutcome discard(StepContext context, Volume copy, String reason) {
    context.checkpoint(Facts.of(Map.of(FALLBACK, reason)));
    return Discarding.delete(context, env, copy);
  }

  private static StepOutcome withoutCopy(String reason) {
    return StepOutcome.done(Facts.of(Map.of(FALLBACK, reason)));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<StepOutcome> missing = backInService.missing(context);
    if (missing.isPresent()) {
      return missing.get();
    }
    List<Volume> made = made(context);
    if (made.isEmpty()) {
      return isSettling(context, COPY, disk.volumeId())
          ? waitFor("ec2:VolumeFound", disk.volumeId(), "requested, not shown yet")
          : discarding.done(context);
    }
    return discarding.discard(context, made.get(0));
  }
}
