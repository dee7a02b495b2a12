package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.Verifier;
import io.github.kmsrotation.plan.VerifyStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.ec2.model.AttributeValue;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.ImageAttributeName;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/**
 * The copy of the AMI has the original's attributes and UEFI data, and each of its snapshots the
 * size and tags of the original's at the same device, under the new key.
 */
final class ImageVerifier implements Verifier {

  private final EbsStep.Env env;

  private ImageVerifier(EbsStep.Env env) {
    this.env = env;
  }

  static Step step(EbsStep.Env env) {
    return new VerifyStep(
        "verify-image-copy",
        "Compare every attribute, block device and tag, and the KMS key of each snapshot",
        Phase.VERIFY,
        new ImageVerifier(env));
  }

  static String copyId(StepContext context) {
    return context.factsOf(CopyImageStep.ID).find(CopySnapshotStep.COPY_ID).orElseThrow();
  }

  @Override
  public Verification verify(StepContext context) {
    Image original = image(context, env.plan().targetId());
    Image copy = image(context, copyId(context));
    List<Evidence> evidence = new ArrayList<>(ImageAttribute.compare(original, copy));
    evidence.add(
        new Evidence(
            copy.imageId() + " for " + original.imageId() + ", UefiData",
            uefiData(context, original.imageId()),
            uefiData(context, copy.imageId())));
    Map<String, String> copies = ImageAttribute.snapshotsByDevice(copy);
    for (Map.Entry<String, String> of : ImageAttribute.snapshotsByDevice(original).entrySet()) {
      Snapshot from = snapshot(context, of.getValue());
      Snapshot to = snapshot(context, VolumeAttribute.text(copies.get(of.getKey())));
      SnapshotCopyVerifier.compare(from, to, env.targetKeyArn()).stream()
          .filter(compared -> !compared.subject().endsWith(", Description"))
          .forEach(evidence::add);
    }
    return Verification.of(evidence);
  }

  private Image image(StepContext context, String id) {
    return env.ec2().image(context, id).orElseThrow(missing("The AMI " + id));
  }

  private Snapshot snapshot(StepContext context, String id) {
    return env.ec2().snapshot(context, id).orElseThrow(missing("The snapshot '" + id + "'"));
  }

  private static Supplier<UnexpectedAnswerException> missing(String what) {
    return () ->
        new UnexpectedAnswerException(
            what + " is not there any more. Nothing was destroyed by this run.");
  }

  /** Only a digest of it is compared in public: it holds keys of Secure Boot, and is long. */
  private String uefiData(StepContext context, String imageId) {
    return Optional.ofNullable(
            context
                .read(
                    "ec2:DescribeImageAttribute",
                    () ->
                        env.ec2()
                            .client()
                            .describeImageAttribute(
                                r -> r.imageId(imageId).attribute(ImageAttributeName.UEFI_DATA)))
                .uefiData())
        .map(AttributeValue::value)
        .map(Digest::of)
        .orElse("");
  }
}
