package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.ImageState;

/** What keeps an original AMI from being deregistered, and its snapshots from being deleted. */
final class ImageRetirement {

  private ImageRetirement() {}

  /** Empty if it can go. */
  static Optional<StepOutcome> obstacle(EbsStep.Env env, StepContext context) {
    return unusable(env, context).or(() -> named(env, context));
  }

  /** A copy that is not available, or a snapshot of it that is not under a usable new key. */
  static Optional<StepOutcome> unusable(EbsStep.Env env, StepContext context) {
    String id = ImageVerifier.copyId(context);
    Optional<Image> copy = env.ec2().image(context, id);
    if (copy.filter(found -> found.state() == ImageState.AVAILABLE).isEmpty()) {
      return Optional.of(
          StepOutcome.blocked(
              "The copy "
                  + id
                  + copy.map(found -> " is " + found.stateAsString() + ".")
                      .orElse(" is not there any more."),
              "The original is left as it is. Find out what became of the copy, and roll back what"
                  + " is left of this run."));
    }
    return ImageAttribute.snapshotIds(copy.get()).stream()
        .flatMap(snapshotId -> SnapshotRetirement.unusable(env, context, snapshotId).stream())
        .findFirst();
  }

  private static Optional<StepOutcome> named(EbsStep.Env env, StepContext context) {
    List<String> blocking = ImageUsers.find(env.ec2(), context, env.plan().targetId()).blocking();
    return blocking.isEmpty()
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                String.join(" ", blocking),
                "Nothing could be launched from it once "
                    + env.plan().targetId()
                    + " is deregistered: make a version with "
                    + ImageVerifier.copyId(context)
                    + ", make that the default, and resume."));
  }
}
