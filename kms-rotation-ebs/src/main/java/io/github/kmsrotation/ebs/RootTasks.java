package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.ReplaceRootVolumeTask;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/**
 * The run's root volume replacement tasks. EC2 does not tell which volume a task attaches, so that
 * a tag of the task does.
 */
final class RootTasks {

  static final String CREATE = "ec2:CreateReplaceRootVolumeTask";
  static final String REPLACED = "ec2:RootVolumeReplaced";

  private static final String VOLUME_TAG = "kms-rotation:root-volume";
  private static final String SUCCEEDED = "succeeded";
  private static final String FAILED = "failed";
  private static final String FAILED_DETACHED = "failed-detached";

  /** Whatever else there is ends in one of them; failing-detached is one that the SDK lacks. */
  private static final Set<String> OVER = Set.of(SUCCEEDED, FAILED, FAILED_DETACHED);

  /** One more than needed, as one may have been lost on its way. */
  private static final int MOST_REQUESTS = 2;

  private final EbsStep.Env env;
  private int requestsHere;

  RootTasks(EbsStep.Env env) {
    this.env = env;
  }

  private String instanceId() {
    return env.subject().instance();
  }

  private List<ReplaceRootVolumeTask> of(StepContext context, String volumeId) {
    return env.ec2().rootTasks(context, instanceId(), env.runId()).stream()
        .filter(task -> task.tags().contains(RunTag.tag(VOLUME_TAG, volumeId)))
        .toList();
  }

  private Optional<ReplaceRootVolumeTask> latest(StepContext context, String volumeId) {
    List<ReplaceRootVolumeTask> tasks = of(context, volumeId);
    return tasks.isEmpty() ? Optional.empty() : Optional.of(tasks.get(tasks.size() - 1));
  }

  /** The wait for a task of either direction. */
  Optional<StepOutcome> underWay(StepContext context) {
    return env.ec2().rootTasks(context, instanceId(), env.runId()).stream()
        .filter(task -> !OVER.contains(task.taskStateAsString()))
        .findFirst()
        .map(
            task ->
                env.waitFor(REPLACED, task.replaceRootVolumeTaskId(), task.taskStateAsString()));
  }

  /** Why no task can be requested for a volume that is not in its place. */
  Optional<StepOutcome> notReady(StepContext context, String volumeId) {
    if (EbsStep.isSettling(context, CREATE, volumeId)) {
      return Optional.of(env.waitFor(REPLACED, volumeId, "requested, not shown yet"));
    }
    boolean isSentSinceBegun =
        context
            .lastSent(CREATE, volumeId)
            .filter(sent -> !sent.isBefore(context.begunAt()))
            .isPresent();
    Optional<ReplaceRootVolumeTask> latest = latest(context, volumeId);
    if (latest.isPresent() && isSentSinceBegun) {
      return Optional.of(failed(latest.get(), volumeId));
    }
    if (latest.filter(task -> FAILED_DETACHED.equals(task.taskStateAsString())).isPresent()) {
      return Optional.of(failed(latest.get(), volumeId));
    }
    return requestsHere < MOST_REQUESTS
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                "The task that puts " + volumeId + " in its place was requested and is not there.",
                "The root volume is left as it is. Look at the instance "
                    + instanceId()
                    + ", and resume or roll back."));
  }

  private StepOutcome failed(ReplaceRootVolumeTask task, String volumeId) {
    String reason =
        "The task "
            + task.replaceRootVolumeTaskId()
            + " that puts "
            + volumeId
            + " in its place is "
            + task.taskStateAsString()
            + ". ";
    return switch (task.taskStateAsString()) {
      case FAILED_DETACHED ->
          StepOutcome.blocked(
              reason + "The instance " + instanceId() + " has no root volume.",
              "Roll back: that stops the instance, attaches the original, and starts it.");
      case FAILED ->
          StepOutcome.blocked(
              reason + "The former root volume is still attached.",
              "It often means that the KMS key of the volume cannot be used: look at the key and"
                  + " its policy. Then resume, or roll back.");
      default ->
          StepOutcome.blocked(
              reason + "The volume is not attached at the root device of " + instanceId() + ".",
              "Somebody else detached it. Look at the instance, and roll back.");
    };
  }

  StepOutcome create(StepContext context, String volumeId) {
    requestsHere++;
    String token = env.runId() + "-" + volumeId + "-" + of(context, volumeId).size();
    context.mutate(
        CREATE,
        volumeId,
        () ->
            env.ec2()
                .client()
                .createReplaceRootVolumeTask(
                    r ->
                        r.instanceId(instanceId())
                            .volumeId(volumeId)
                            .deleteReplacedRootVolume(false)
                            .clientToken(token)
                            .tagSpecifications(
                                RunTag.specification(
                                    ResourceType.REPLACE_ROOT_VOLUME_TASK,
                                    List.of(RunTag.tag(VOLUME_TAG, volumeId)),
                                    RunTag.of(env.runId())))));
    return env.waitFor(REPLACED, volumeId, "requested");
  }

  /**
   * A task that failed left the former volume attached; any other may have attached the new one.
   */
  boolean mayHaveServed(StepContext context, String volumeId) {
    return context.lastSent(CREATE, volumeId).isPresent()
        && latest(context, volumeId)
            .filter(task -> FAILED.equals(task.taskStateAsString()))
            .isEmpty();
  }
}
