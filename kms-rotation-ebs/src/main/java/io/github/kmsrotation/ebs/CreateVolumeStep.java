package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.CreateVolumeRequest;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/**
 * A new volume from the original's snapshot, directly under the new key. EBS looks at the key only
 * after it took the call: where the key cannot be used, the volume vanishes without a word.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html">CreateVolume</a>
 */
final class CreateVolumeStep extends EbsStep {

  static final String VOLUME_ID = "volumeId";

  private static final String CREATE = "ec2:CreateVolume";
  private static final String KEY_HINT =
      "EBS looks at the KMS keys only now, so it likely may not use the new key, or the snapshot's:"
          + " look at the state and the policy of both. The original is untouched. Mend the key and"
          + " resume, or roll back.";

  private final Disk disk;
  private final BackInService backInService;
  private final Discarding discarding;

  CreateVolumeStep(Env env, Disk disk, BackInService backInService) {
    super(
        new StepDescription(
            id(disk),
            title(env, disk),
            Phase.COPY,
            List.of(CREATE),
            undoCalls(env, backInService),
            List.of("volume for " + disk.name()),
            Undo.UNDOABLE),
        env);
    this.disk = disk;
    this.backInService = backInService;
    this.discarding = new Discarding(env, disk, id(disk));
  }

  private static String title(Env env, Disk disk) {
    return "Create the new volume for "
        + disk.name()
        + " under the new KMS key"
        + (EbsSteps.copiesVolumes(env.plan()) ? ", unless it was copied" : "");
  }

  static String id(Disk disk) {
    return "create-volume-for-" + disk.volumeId();
  }

  private static List<String> undoCalls(Env env, BackInService backInService) {
    List<String> calls = new ArrayList<>(Discarding.calls(env.subject()));
    calls.addAll(backInService.calls());
    return calls;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<Facts> copied = CopyVolumeStep.copied(context, disk);
    if (copied.isPresent()) {
      return StepOutcome.done(copied.get());
    }
    String snapshotId = env.snapshotOf(context, disk).orElseThrow();
    // What was never asked for is not looked for.
    List<Volume> made =
        context.timesSent(CREATE, disk.volumeId()) > 0 ? made(context, snapshotId) : List.of();
    if (!made.isEmpty()) {
      return judge(made.get(0));
    }
    if (isSettling(context, CREATE, disk.volumeId())) {
      return waitFor("ec2:VolumeFound", disk.volumeId(), "requested, not shown yet");
    }
    return mayBeSent(context) ? create(context, snapshotId) : vanished();
  }

  private List<Volume> made(StepContext context, String snapshotId) {
    return ec2.volumesMadeBy(context, env.runId()).stream()
        .filter(volume -> snapshotId.equals(volume.snapshotId()))
        .filter(volume -> volume.state() != VolumeState.DELETED)
        .toList();
  }

  /**
   * The first call of a pair, or the second, which has the same client token and is for the case
   * that the first one never arrived. Another pair is begun only after somebody resumed the run.
   */
  private boolean mayBeSent(StepContext context) {
    int sent = context.timesSent(CREATE, disk.volumeId());
    Instant last = context.lastSent(CREATE, disk.volumeId()).orElse(Instant.MIN);
    return sent % 2 == 1 || last.isBefore(context.begunAt());
  }

  private String clientToken(StepContext context) {
    int pair = context.timesSent(CREATE, disk.volumeId()) / 2;
    return env.runId() + "-" + disk.volumeId() + "-" + pair;
  }

  private StepOutcome create(StepContext context, String snapshotId) {
    Optional<Volume> original = ec2.volume(context, disk.volumeId());
    if (original.isEmpty()) {
      return gone("The volume " + disk.volumeId());
    }
    CreateVolumeRequest request = request(context, original.get(), snapshotId);
    context.mutate(CREATE, disk.volumeId(), () -> ec2.client().createVolume(request));
    return waitFor("ec2:VolumeAvailable", disk.volumeId(), "just requested");
  }

  private CreateVolumeRequest request(StepContext context, Volume original, String snapshotId) {
    CreateVolumeRequest.Builder request =
        CreateVolumeRequest.builder()
            .snapshotId(snapshotId)
            .encrypted(true)
            .kmsKeyId(env.targetKeyArn())
            .availabilityZone(original.availabilityZone())
            .size(original.size())
            .volumeType(original.volumeType())
            .clientToken(clientToken(context))
            .tagSpecifications(
                RunTag.specification(
                    ResourceType.VOLUME, RunTag.userTags(original.tags()), RunTag.of(env.runId())));
    if (takesIops(original.volumeType())) {
      request.iops(original.iops());
    }
    if (original.volumeType() == VolumeType.GP3) {
      request.throughput(original.throughput());
    }
    if (Boolean.TRUE.equals(original.multiAttachEnabled())) {
      request.multiAttachEnabled(true);
    }
    if (original.outpostArn() != null) {
      request.outpostArn(original.outpostArn());
    }
    EbsSteps.initializationRate(env.plan()).ifPresent(request::volumeInitializationRate);
    return request.build();
  }

  /** Of the others EBS derives it from the size, and does not take it. */
  static boolean takesIops(VolumeType type) {
    return type == VolumeType.GP3 || type == VolumeType.IO1 || type == VolumeType.IO2;
  }

  private StepOutcome judge(Volume volume) {
    String id = volume.volumeId();
    return switch (volume.state()) {
      case CREATING -> waitFor("ec2:VolumeAvailable", id, "creating");
      case AVAILABLE ->
          env.targetKeyArn().equals(volume.kmsKeyId())
              ? StepOutcome.done(Facts.of(Map.of(VOLUME_ID, id, "kmsKeyId", volume.kmsKeyId())))
              : StepOutcome.blocked(
                  "The new volume " + id + " is under " + volume.kmsKeyId() + ", not the new key.",
                  "Roll back and report this; the original is untouched.");
      case IN_USE ->
          StepOutcome.blocked(
              "Somebody attached the new volume " + id + " before it was verified.",
              "Detach it and resume, or roll back.");
      default ->
          StepOutcome.blocked(
              "The new volume " + id + " is " + volume.stateAsString() + ".", KEY_HINT);
    };
  }

  private StepOutcome vanished() {
    return StepOutcome.blocked(
        "The new volume for " + disk.name() + " was requested and is not there.", KEY_HINT);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<StepOutcome> missing = backInService.missing(context);
    if (missing.isPresent()) {
      return missing.get();
    }
    List<Volume> made =
        env.snapshotOf(context, disk)
            .map(snapshotId -> made(context, snapshotId))
            .orElse(List.of());
    if (made.isEmpty()) {
      return isSettling(context, CREATE, disk.volumeId())
          ? waitFor("ec2:VolumeFound", disk.volumeId(), "requested, not shown yet")
          : discarding.done(context);
    }
    return discarding.discard(context, made.get(0));
  }
}
