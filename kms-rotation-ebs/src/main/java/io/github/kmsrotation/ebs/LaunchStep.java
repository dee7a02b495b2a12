package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * A new instance like the original, with all its volumes under the new key from its first boot on.
 * EC2 looks at the key only after it took the call: where the key cannot be used, the instance is
 * terminated again.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html">Instance
 *     terminates immediately</a>
 */
final class LaunchStep extends EbsStep {

  static final String ID = "launch-instance";
  static final String INSTANCE_ID = "instanceId";

  private static final String RUN = "ec2:RunInstances";
  private static final String TAG = "ec2:CreateTags";
  private static final String MODIFY = "ec2:ModifyInstanceAttribute";

  private final BackInService backInService;
  private final Dismissal dismissal;

  LaunchStep(Env env, BackInService backInService) {
    super(
        new StepDescription(
            ID,
            "Launch an instance like "
                + env.subject().instance()
                + " with its volumes under the new KMS key",
            Phase.COPY,
            List.of(RUN, TAG, MODIFY),
            Dismissal.calls(backInService),
            List.of("instance for " + env.subject().instance()),
            Undo.UNDOABLE),
        env);
    this.backInService = backInService;
    this.dismissal = new Dismissal(env);
  }

  private String original() {
    return env.subject().instance();
  }

  /** Another launch is begun only after the run was blocked, and somebody resumed it. */
  private String clientToken(StepContext context) {
    return env.runId() + "-" + context.begunAt().getEpochSecond();
  }

  static boolean isOf(RunId run, Instance instance) {
    return VolumeAttribute.text(instance.clientToken()).startsWith(run + "-");
  }

  @Override
  public StepOutcome advance(StepContext context) {
    List<Instance> made = ec2.instancesMadeBy(context, env.runId());
    Optional<Instance> alive = made.stream().filter(LaunchStep::isAlive).findFirst();
    if (alive.isPresent()) {
      return judge(context, alive.get());
    }
    if (isSettling(context, RUN, original())) {
      return waitFor("ec2:InstanceFound", original(), "requested, not shown yet");
    }
    String token = clientToken(context);
    return made.stream()
        .filter(instance -> token.equals(instance.clientToken()))
        .findFirst()
        .map(LaunchStep::terminated)
        .orElseGet(() -> launch(context, token));
  }

  static boolean isAlive(Instance instance) {
    InstanceStateName state = instance.state().name();
    return state != InstanceStateName.TERMINATED && state != InstanceStateName.SHUTTING_DOWN;
  }

  private static StepOutcome terminated(Instance instance) {
    return StepOutcome.blocked(
        "The new instance "
            + instance.instanceId()
            + " is "
            + instance.state().nameAsString()
            + Optional.ofNullable(instance.stateReason()).map(r -> ": " + r.message()).orElse("")
            + ".",
        "Client.InternalError often means that EBS may not use the new KMS key, or the snapshots':"
            + " look at the state and the policy of both. Resume to launch another, or roll back.");
  }

  private StepOutcome launch(StepContext context, String token) {
    Optional<Blueprint> blueprint = Blueprint.read(ec2, context, original());
    Optional<Image> image = ec2.imageMadeBy(context, env.runId());
    if (blueprint.isEmpty() || image.isEmpty()) {
      return gone(blueprint.isEmpty() ? "The instance " + original() : "The AMI of this run");
    }
    RunInstancesRequest request =
        new Launch(blueprint.get())
            .request(
                image.get().imageId(),
                new LaunchDisks(env).of(context, image.get()),
                tags(blueprint.get().instance()))
            .clientToken(token)
            .build();
    try {
      context.mutate(RUN, original(), () -> ec2.client().runInstances(request));
    } catch (Ec2Exception e) {
      if (AwsFailure.errorCode(e).equals("IdempotentInstanceTerminated")) {
        return StepOutcome.blocked(
            "The new instance was launched and is terminated: " + e.getMessage() + ".",
            "Look at the state and the policy of the KMS keys. Resume to launch another, or roll"
                + " back.");
      }
      throw e;
    }
    return waitFor("ec2:InstanceRunning", original(), "just requested");
  }

  private List<TagSpecification> tags(Instance original) {
    return List.of(
        RunTag.specification(
            ResourceType.INSTANCE, RunTag.userTags(original.tags()), RunTag.of(env.runId())),
        RunTag.specification(ResourceType.VOLUME, List.of(), RunTag.of(env.runId())));
  }

  private StepOutcome judge(StepContext context, Instance instance) {
    String id = instance.instanceId();
    return switch (instance.state().name()) {
      case RUNNING ->
          untagged(context, id)
              .or(() -> unchecked(context, instance))
              .orElseGet(() -> StepOutcome.done(Facts.of(Map.of(INSTANCE_ID, id))));
      case PENDING -> waitFor("ec2:InstanceRunning", id, "pending");
      default ->
          StepOutcome.blocked(
              "The new instance " + id + " is " + instance.state().nameAsString() + ".",
              "Start it and resume, or roll back.");
    };
  }

  /** A launch gives all volumes the same tags, so each gets its own afterwards. */
  private Optional<StepOutcome> untagged(StepContext context, String instanceId) {
    Map<String, Volume> volumes = Successor.volumes(env, context, instanceId);
    for (Volume original : ec2.volumesOf(context, original())) {
      Optional<Volume> volume =
          Fitness.attachmentTo(original, original())
              .flatMap(a -> Optional.ofNullable(volumes.get(a.device())));
      List<Tag> wanted = RunTag.userTags(original.tags());
      if (volume.isEmpty() || RunTag.userTags(volume.get().tags()).containsAll(wanted)) {
        continue;
      }
      String id = volume.get().volumeId();
      if (!isSettling(context, TAG, id)) {
        context.mutate(TAG, id, () -> ec2.client().createTags(r -> r.resources(id).tags(wanted)));
      }
      return Optional.of(waitFor("ec2:VolumeTagged", id, "requested"));
    }
    return Optional.empty();
  }

  private Optional<StepOutcome> unchecked(StepContext context, Instance instance) {
    String id = instance.instanceId();
    Optional<Boolean> wanted = ec2.instance(context, original()).map(Instance::sourceDestCheck);
    if (wanted.isEmpty() || wanted.get().equals(instance.sourceDestCheck())) {
      return Optional.empty();
    }
    if (!isSettling(context, MODIFY, id)) {
      context.mutate(
          MODIFY,
          id,
          () ->
              ec2.client()
                  .modifyInstanceAttribute(
                      r -> r.instanceId(id).sourceDestCheck(c -> c.value(wanted.get()))));
    }
    return Optional.of(waitFor("ec2:SourceDestCheckSet", id, "requested"));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return backInService
        .missing(context)
        .orElseGet(() -> dismissal.dismiss(context, () -> isSettling(context, RUN, original())));
  }
}
