package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;

/** Shares the copy with whom the original is shared; undone with the copy itself. */
final class ShareStep extends EbsStep {

  private static final String MODIFY_IMAGE = "ec2:ModifyImageAttribute";
  private static final String MODIFY_SNAPSHOT = "ec2:ModifySnapshotAttribute";

  private final Sharing sharing;
  private final String copiedBy;

  ShareStep(Env env, Sharing sharing, String copiedBy) {
    super(
        new StepDescription(
            "share-copy",
            "Share the copy with " + sharing.text() + ", as the original is",
            Phase.CUTOVER,
            List.of(operation(env)),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.sharing = sharing;
    this.copiedBy = copiedBy;
  }

  private static boolean isOfImage(Env env) {
    return env.plan().targetId().startsWith("ami-");
  }

  private static String operation(Env env) {
    return isOfImage(env) ? MODIFY_IMAGE : MODIFY_SNAPSHOT;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String copyId = context.factsOf(copiedBy).find(CopySnapshotStep.COPY_ID).orElseThrow();
    Sharing now =
        isOfImage(env)
            ? Sharing.ofImage(ec2, context, copyId)
            : Sharing.ofSnapshot(ec2, context, copyId);
    if (now.equals(sharing)) {
      return StepOutcome.done(Facts.of(Map.of("sharedWith", sharing.text())));
    }
    if (!isSettling(context, operation(env), copyId)) {
      context.mutate(operation(env), copyId, () -> share(copyId));
    }
    return waitFor("ec2:Shared", copyId, "requested");
  }

  private String share(String copyId) {
    if (isOfImage(env)) {
      ec2.client()
          .modifyImageAttribute(
              r ->
                  r.imageId(copyId)
                      .launchPermission(permission -> permission.add(sharing.launchPermissions())));
    } else {
      ec2.client()
          .modifySnapshotAttribute(
              r ->
                  r.snapshotId(copyId)
                      .createVolumePermission(
                          permission -> permission.add(sharing.volumePermissions())));
    }
    return copyId;
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
