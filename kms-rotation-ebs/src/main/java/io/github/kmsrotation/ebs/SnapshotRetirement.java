package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.spi.TargetKey;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.SnapshotState;

/** What keeps an original snapshot from being deleted. */
final class SnapshotRetirement {

  private SnapshotRetirement() {}

  static String copyId(StepContext context) {
    return context.factsOf(CopySnapshotStep.ID).find(CopySnapshotStep.COPY_ID).orElseThrow();
  }

  /** Empty if it can go. */
  static Optional<StepOutcome> obstacle(EbsStep.Env env, StepContext context) {
    return unusable(env, context, copyId(context)).or(() -> named(env, context));
  }

  /** A copy that is not complete, or not under a new key that can be used. */
  static Optional<StepOutcome> unusable(EbsStep.Env env, StepContext context, String copyId) {
    Optional<Snapshot> copy = env.ec2().snapshot(context, copyId);
    boolean isFit =
        copy.filter(found -> found.state() == SnapshotState.COMPLETED)
            .filter(found -> env.targetKeyArn().equals(found.kmsKeyId()))
            .isPresent();
    if (!isFit) {
      return Optional.of(
          StepOutcome.blocked(
              "The copy "
                  + copyId
                  + copy.map(
                          found ->
                              " is "
                                  + found.stateAsString()
                                  + " and under "
                                  + found.kmsKeyId()
                                  + ".")
                      .orElse(" is not there any more."),
              "The original is left as it is. Find out what became of the copy, and roll back what"
                  + " is left of this run."));
    }
    return TargetKey.obstacle(context, env.kms(), env.targetKeyArn(), "the copy is");
  }

  private static Optional<StepOutcome> named(EbsStep.Env env, StepContext context) {
    String id = env.plan().targetId();
    List<String> images = env.ec2().imagesOf(context, id).stream().map(Image::imageId).toList();
    if (!images.isEmpty()) {
      return Optional.of(
          StepOutcome.blocked(
              "The snapshot " + id + " is named by AMIs: " + String.join(", ", images) + ".",
              "It is not deleted: nothing could be launched from them. Deregister them, or rotate"
                  + " them (RotationPlanner.forEbs), and resume."));
    }
    List<String> templates = ImageUsers.ofSnapshot(env.ec2(), context, id).blocking();
    return templates.isEmpty()
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                String.join(" ", templates),
                "Nothing could be launched from it once "
                    + id
                    + " is deleted: make a version with "
                    + copyId(context)
                    + ", make that the default, and resume."));
  }
}
