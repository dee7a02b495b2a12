package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.ImageState;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/**
 * An AMI of the original, with snapshots of all its volumes. A launch cannot be given another
 * snapshot for the root volume than its AMI's; and what an AMI made by {@code CreateImage} has and
 * one that is registered from a snapshot cannot, such as the platform that is billed for, stays.
 *
 * <p>The call has no client token. Its AMI is found by the run's tag, and a second of the same name
 * would be refused.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html">CreateImage</a>
 */
final class ImageStep extends EbsStep {

  static final String ID = "create-image";
  static final String IMAGE_ID = "imageId";
  static final String DEREGISTER = "ec2:DeregisterImage";

  private static final String CREATE = "ec2:CreateImage";

  private final BackInService backInService;

  ImageStep(Env env, BackInService backInService) {
    super(
        new StepDescription(
            ID,
            "Make an AMI of " + env.subject().instance() + ", with snapshots of all its volumes",
            Phase.COPY,
            List.of(CREATE),
            undoCalls(backInService),
            List.of("AMI of " + env.subject().instance()),
            Undo.UNDOABLE),
        env);
    this.backInService = backInService;
  }

  private static List<String> undoCalls(BackInService backInService) {
    List<String> calls = new ArrayList<>(List.of(DEREGISTER, SnapshotsStep.DELETE));
    calls.addAll(backInService.calls());
    return calls;
  }

  private String original() {
    return env.subject().instance();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<Image> made = ec2.imageMadeBy(context, env.runId());
    if (made.isPresent()) {
      return judge(made.get());
    }
    if (isSettling(context, CREATE, original())) {
      return waitFor("ec2:ImageFound", original(), "requested, not shown yet");
    }
    return AsPlanned.obstacle(env, context)
        .or(() -> Stillness.disturbed(env, context))
        .or(() -> create(context))
        .orElseGet(() -> waitFor("ec2:ImageAvailable", original(), "just requested"));
  }

  private StepOutcome judge(Image image) {
    return switch (image.state()) {
      case AVAILABLE -> StepOutcome.done(Facts.of(Map.of(IMAGE_ID, image.imageId())));
      case PENDING, TRANSIENT -> waitFor("ec2:ImageAvailable", image.imageId(), "pending");
      default ->
          StepOutcome.blocked(
              "The AMI "
                  + image.imageId()
                  + " is "
                  + image.stateAsString()
                  + Optional.ofNullable(image.stateReason()).map(r -> ": " + r.message()).orElse("")
                  + ".",
              "The original is untouched. It often means that the KMS key of a volume cannot be"
                  + " used: look at the key, and roll back.");
    };
  }

  static String name(RunId run) {
    return "kms-rotation-" + run;
  }

  private Optional<StepOutcome> create(StepContext context) {
    try {
      context.mutate(
          CREATE,
          original(),
          () ->
              ec2.client()
                  .createImage(
                      r ->
                          r.instanceId(original())
                              .name(name(env.runId()))
                              .description(
                                  RunTag.description(env.runId(), ": " + original() + " before"))
                              .noReboot(true)
                              .overrideConfiguration(SentOnce.override())
                              .tagSpecifications(
                                  RunTag.specification(
                                      ResourceType.IMAGE, List.of(), RunTag.of(env.runId())),
                                  RunTag.specification(
                                      ResourceType.SNAPSHOT, List.of(), RunTag.of(env.runId())))));
      return Optional.empty();
    } catch (Ec2Exception e) {
      return switch (AwsFailure.errorCode(e)) {
        case "InvalidAMIName.Duplicate" ->
            Optional.of(waitFor("ec2:ImageFound", original(), "made, not shown yet"));
        case "ConcurrentSnapshotLimitExceeded", "SnapshotCreationPerVolumeRateExceeded" ->
            Optional.of(waitFor("ec2:ReadyForSnapshot", original(), AwsFailure.errorCode(e)));
        default -> throw e;
      };
    }
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<StepOutcome> missing = backInService.missing(context);
    if (missing.isPresent()) {
      return missing.get();
    }
    Optional<Image> made = ec2.imageMadeBy(context, env.runId());
    if (made.isPresent()) {
      return made.get().state() == ImageState.PENDING
          ? waitFor("ec2:ImageAvailable", made.get().imageId(), "pending, to be deregistered")
          : deregister(context, env, made.get());
    }
    if (isSettling(context, CREATE, original())) {
      return waitFor("ec2:ImageFound", original(), "requested, not shown yet");
    }
    List<Snapshot> snapshots = env.snapshots(context);
    return snapshots.isEmpty()
        ? StepOutcome.done()
        : SnapshotsStep.delete(context, env, snapshots.get(0));
  }

  static StepOutcome deregister(StepContext context, Env env, Image image) {
    String id = image.imageId();
    if (!isSettling(context, DEREGISTER, id)) {
      context.mutate(DEREGISTER, id, () -> env.ec2().client().deregisterImage(r -> r.imageId(id)));
    }
    return env.waitFor("ec2:ImageDeregistered", id, image.stateAsString());
  }
}
