package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;

/** Takes the run's tags off the copies. */
final class UntagCopiesStep extends EbsStep {

  private static final String UNTAG = "ec2:DeleteTags";

  UntagCopiesStep(Env env) {
    super(
        new StepDescription(
            "clean-up",
            "Take the run's tags off the copies",
            Phase.RETIRE,
            List.of(UNTAG),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    List<String> tagged =
        Stream.concat(
                ec2.snapshotsMadeBy(context, env.runId()).stream().map(Snapshot::snapshotId),
                ec2.imagesMadeBy(context, env.runId()).stream().map(Image::imageId))
            .sorted()
            .toList();
    if (tagged.isEmpty()) {
      return StepOutcome.done();
    }
    String resource = env.plan().targetId();
    if (!isSettling(context, UNTAG, resource)) {
      context.mutate(
          UNTAG,
          resource,
          () ->
              ec2.client()
                  .deleteTags(
                      r ->
                          r.resources(tagged)
                              .tags(
                                  Tag.builder().key(RunId.TAG_KEY).build(),
                                  Tag.builder().key(RunTag.COPY_KEY).build())));
    }
    return waitFor("ec2:TagRemoved", resource, "still tagged");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
