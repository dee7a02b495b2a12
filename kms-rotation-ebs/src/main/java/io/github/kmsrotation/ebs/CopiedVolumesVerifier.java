package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Every new volume has its original's attributes, or the size that was asked for, and is under the
 * new key. What is on it is compared in the cutover, once nothing writes any more.
 */
final class CopiedVolumesVerifier implements Verifier {

  private final EbsStep.Env env;

  CopiedVolumesVerifier(EbsStep.Env env) {
    this.env = env;
  }

  @Override
  public Verification verify(StepContext context) {
    List<Evidence> evidence = new ArrayList<>();
    for (Disk disk : env.subject().disks()) {
      Volume original = require(env.ec2().volume(context, disk.volumeId()), disk);
      int size = CopyWay.newSize(env.plan()).orElse(original.size());
      evidence.addAll(
          VolumeAttribute.compare(
              original.toBuilder().size(size).build(),
              require(env.replacement(context, disk), disk),
              env.targetKeyArn()));
    }
    return Verification.of(evidence);
  }

  private static Volume require(Optional<Volume> volume, Disk disk) {
    return volume.orElseThrow(
        () ->
            new UnexpectedAnswerException(
                "The volume "
                    + disk.name()
                    + " or the new volume for it is not there any more. Nothing was destroyed by"
                    + " this run."));
  }
}
