package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Gives the copy of an AMI what CopyImage does not copy: when it is deprecated, and each snapshot's
 * tags. Undone with the copy itself.
 */
final class DressImageStep extends EbsStep {

  static final String ID = "carry-over-settings";

  private static final String TAG = "ec2:CreateTags";
  private static final String DEPRECATE = "ec2:EnableImageDeprecation";

  DressImageStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Give the copy the original's deprecation time, and its snapshots their tags",
            Phase.COPY,
            List.of(DEPRECATE, TAG),
            List.of(),
            Undo.UNDOABLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<Image> original = ec2.image(context, env.plan().targetId());
    Optional<Image> copy = ec2.image(context, ImageVerifier.copyId(context));
    if (original.isEmpty() || copy.isEmpty()) {
      return gone("The AMI " + env.plan().targetId() + ", or the copy of it,");
    }
    return deprecation(context, original.get(), copy.get())
        .or(() -> tags(context, original.get(), copy.get()))
        .orElseGet(StepOutcome::done);
  }

  private Optional<StepOutcome> deprecation(StepContext context, Image original, Image copy) {
    Optional<Instant> wanted = ImageAttribute.deprecation(original);
    if (wanted.isEmpty() || wanted.equals(ImageAttribute.deprecation(copy))) {
      return Optional.empty();
    }
    String id = copy.imageId();
    if (!isSettling(context, DEPRECATE, id)) {
      context.mutate(
          DEPRECATE,
          id,
          () -> ec2.client().enableImageDeprecation(r -> r.imageId(id).deprecateAt(wanted.get())));
    }
    return Optional.of(waitFor("ec2:ImageDeprecationSet", id, "requested"));
  }

  private Optional<StepOutcome> tags(StepContext context, Image original, Image copy) {
    Map<String, String> copies = ImageAttribute.snapshotsByDevice(copy);
    for (Map.Entry<String, String> of : ImageAttribute.snapshotsByDevice(original).entrySet()) {
      Optional<Snapshot> from = ec2.snapshot(context, of.getValue());
      Optional<Snapshot> to =
          Optional.ofNullable(copies.get(of.getKey())).flatMap(id -> ec2.snapshot(context, id));
      if (from.isEmpty() || to.isEmpty()) {
        return Optional.of(gone("The snapshot " + of.getValue() + ", or the copy of it,"));
      }
      List<Tag> wanted = RunTag.userTags(from.get().tags());
      if (!wanted.equals(RunTag.userTags(to.get().tags()))) {
        return Optional.of(tag(context, to.get().snapshotId(), wanted));
      }
    }
    return Optional.empty();
  }

  private StepOutcome tag(StepContext context, String id, List<Tag> tags) {
    if (tags.isEmpty()) {
      return StepOutcome.blocked(
          "Somebody tagged the copy " + id + ", whose original has no tags.",
          "Remove the tags and resume.");
    }
    if (!isSettling(context, TAG, id)) {
      context.mutate(TAG, id, () -> ec2.client().createTags(r -> r.resources(id).tags(tags)));
    }
    return waitFor("ec2:SnapshotTagged", id, "requested");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
