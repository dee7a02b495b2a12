package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.Verifier;
import io.github.kmsrotation.plan.VerifyStep;
import java.util.List;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * The copy has the original's size, description and tags, is completed, and is under the new key.
 * That it holds the same blocks is EBS's word.
 */
final class SnapshotCopyVerifier implements Verifier {

  private final EbsStep.Env env;

  private SnapshotCopyVerifier(EbsStep.Env env) {
    this.env = env;
  }

  static Step step(EbsStep.Env env) {
    return new VerifyStep(
        "verify-snapshot-copy",
        "Compare size, description and tags, and the KMS key of the copy",
        Phase.VERIFY,
        new SnapshotCopyVerifier(env));
  }

  @Override
  public Verification verify(StepContext context) {
    Snapshot original = require(context, env.plan().targetId());
    Snapshot copy =
        require(
            context,
            context.factsOf(CopySnapshotStep.ID).find(CopySnapshotStep.COPY_ID).orElseThrow());
    return Verification.of(compare(original, copy, env.targetKeyArn()));
  }

  private Snapshot require(StepContext context, String id) {
    return env.ec2()
        .snapshot(context, id)
        .orElseThrow(
            () ->
                new UnexpectedAnswerException(
                    "The snapshot "
                        + id
                        + " is not there any more. Nothing was destroyed by this run."));
  }

  static List<Evidence> compare(Snapshot original, Snapshot copy, String keyArn) {
    String names = copy.snapshotId() + " for " + original.snapshotId() + ", ";
    return List.of(
        new Evidence(
            names + "VolumeSize",
            VolumeAttribute.text(original.volumeSize()),
            VolumeAttribute.text(copy.volumeSize())),
        new Evidence(
            names + "Description",
            VolumeAttribute.text(original.description()),
            VolumeAttribute.text(copy.description())),
        new Evidence(names + "Tags", tags(original.tags()), tags(copy.tags())),
        new Evidence(
            names + "State and progress",
            "completed, 100%",
            copy.stateAsString() + ", " + copy.progress()),
        new Evidence(names + "KmsKeyId", keyArn, VolumeAttribute.text(copy.kmsKeyId())));
  }

  static String tags(List<Tag> tags) {
    return RunTag.userTags(tags).stream()
        .map(tag -> tag.key() + "=" + tag.value())
        .collect(Collectors.joining(", "));
  }
}
