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
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/**
 * A new, empty volume like the original, under the new key. EBS looks at the key only after it took
 * the call: where the key cannot be used, the volume vanishes without a word.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html">CreateVolume</a>
 */
final class EmptyVolumeStep extends EbsStep {

  private static final String CREATE = "ec2:CreateVolume";
  private static final String KEY_HINT =
      "EBS looks at the KMS key only now, so it likely may not use it: look at the key's state and"
          + " policy. The original serves as before. Mend the key and resume, or roll back.";

  private final Disk disk;
  private final Discarding discarding;

  EmptyVolumeStep(Env env, Disk disk) {
    super(
        new StepDescription(
            CreateVolumeStep.id(disk),
            "Create an empty volume like " + disk.name() + " under the new KMS key",
            Phase.COPY,
            List.of(CREATE),
            Discarding.calls(env.subject()),
            List.of("volume for " + disk.name()),
            Undo.UNDOABLE),
        env);
    this.disk = disk;
    this.discarding = new Discarding(env, disk, CreateVolumeStep.id(disk));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<Volume> made = made(context);
    if (made.isPresent()) {
      return judge(made.get());
    }
    if (isSettling(context, CREATE, disk.volumeId())) {
      return waitFor("ec2:VolumeFound", disk.volumeId(), "requested, not shown yet");
    }
    Optional<StepOutcome> obstacle = AsPlanned.obstacle(env, context);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    return mayBeSent(context)
        ? create(context)
        : StepOutcome.blocked(
            "The new volume for " + disk.name() + " was requested and is not there.", KEY_HINT);
  }

  private Optional<Volume> made(StepContext context) {
    Tag mark = RunTag.tag(RunTag.COPY_KEY, disk.volumeId());
    return ec2.volumesMadeBy(context, env.runId()).stream()
        .filter(volume -> volume.tags().contains(mark))
        .filter(volume -> volume.state() != VolumeState.DELETED)
        .findFirst();
  }

  /** As {@link CreateVolumeStep}: in pairs of the same client token. */
  private boolean mayBeSent(StepContext context) {
    int sent = context.timesSent(CREATE, disk.volumeId());
    Instant last = context.lastSent(CREATE, disk.volumeId()).orElse(Instant.MIN);
    return sent % 2 == 1 || last.isBefore(context.begunAt());
  }

  private StepOutcome create(StepContext context) {
    Optional<Volume> original = ec2.volume(context, disk.volumeId());
    if (original.isEmpty()) {
      return gone("The volume " + disk.volumeId());
    }
    int pair = context.timesSent(CREATE, disk.volumeId()) / 2;
    CreateVolumeRequest request =
        request(original.get(), env.runId() + "-" + disk.volumeId() + "-" + pair);
    context.mutate(CREATE, disk.volumeId(), () -> ec2.client().createVolume(request));
    return waitFor("ec2:VolumeAvailable", disk.volumeId(), "just requested");
  }

  private CreateVolumeRequest request(Volume original, String clientToken) {
    List<Tag> tags = new ArrayList<>(RunTag.userTags(original.tags()));
    tags.add(RunTag.tag(RunTag.COPY_KEY, disk.volumeId()));
    CreateVolumeRequest.Builder request =
        CreateVolumeRequest.builder()
            .encrypted(true)
            .kmsKeyId(env.targetKeyArn())
            .availabilityZone(original.availabilityZone())
            .size(CopyWay.newSize(env.plan()).orElse(original.size()))
            .volumeType(original.volumeType())
            .clientToken(clientToken)
            .tagSpecifications(
                RunTag.specification(ResourceType.VOLUME, tags, RunTag.of(env.runId())));
    VolumeType type = original.volumeType();
    if (type == VolumeType.GP3 || type == VolumeType.IO1 || type == VolumeType.IO2) {
      request.iops(original.iops());
    }
    if (type == VolumeType.GP3) {
      request.throughput(original.throughput());
    }
    if (original.outpostArn() != null) {
      request.outpostArn(original.outpostArn());
    }
    return request.build();
  }

  private StepOutcome judge(Volume volume) {
    String id = volume.volumeId();
    return switch (volume.state()) {
      case CREATING -> waitFor("ec2:VolumeAvailable", id, "creating");
      case AVAILABLE, IN_USE ->
          env.targetKeyArn().equals(volume.kmsKeyId())
              ? StepOutcome.done(
                  Facts.of(Map.of(CreateVolumeStep.VOLUME_ID, id, "kmsKeyId", volume.kmsKeyId())))
              : StepOutcome.blocked(
                  "The new volume " + id + " is under " + volume.kmsKeyId() + ", not the new key.",
                  "Roll back and report this; the original is untouched.");
      default ->
          StepOutcome.blocked(
              "The new volume " + id + " is " + volume.stateAsString() + ".", KEY_HINT);
    };
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<Volume> made = made(context);
    if (made.isPresent()) {
      return discarding.discard(context, made.get());
    }
    return isSettling(context, CREATE, disk.volumeId())
        ? waitFor("ec2:VolumeFound", disk.volumeId(), "requested, not shown yet")
        : discarding.done(context);
  }
}
