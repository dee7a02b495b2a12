package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * The new instance has the original's settings, and each of its volumes that of the original at the
 * same device, is under the new key, and was made from the AMI's snapshot for that device.
 */
final class LaunchVerifier implements Verifier {

  private final EbsStep.Env env;

  LaunchVerifier(EbsStep.Env env) {
    this.env = env;
  }

  @Override
  public Verification verify(StepContext context) {
    String id = Successor.id(context);
    Blueprint original =
        require(Blueprint.read(env.ec2(), context, env.subject().instance()), "The original");
    Blueprint successor = require(Blueprint.read(env.ec2(), context, id), "The new instance");
    Image image = require(env.ec2().imageMadeBy(context, env.runId()), "The AMI");
    List<Evidence> evidence = new ArrayList<>(InstanceTrait.compare(original, successor));
    Map<String, Volume> before = Successor.volumes(env, context, env.subject().instance());
    Map<String, Volume> after = Successor.volumes(env, context, id);
    for (Disk disk : env.subject().disks()) {
      String device = disk.device().orElseThrow();
      Volume old = require(Optional.ofNullable(before.get(device)), disk.name());
      Volume now = require(Optional.ofNullable(after.get(device)), "The new volume at " + device);
      evidence.addAll(VolumeAttribute.compare(old, now, env.targetKeyArn()));
      evidence.add(
          new Evidence(
              now.volumeId() + ", SnapshotId",
              snapshot(image, device),
              VolumeAttribute.text(now.snapshotId())));
      evidence.add(
          new Evidence(
              now.volumeId() + ", DeleteOnTermination",
              Boolean.toString(disk.deletedOnTermination()),
              Fitness.attachmentTo(now, id)
                  .map(a -> VolumeAttribute.text(a.deleteOnTermination()))
                  .orElse("")));
    }
    return Verification.of(evidence);
  }

  private static String snapshot(Image image, String device) {
    return image.blockDeviceMappings().stream()
        .filter(mapping -> mapping.deviceName().equals(device) && mapping.ebs() != null)
        .map(mapping -> VolumeAttribute.text(mapping.ebs().snapshotId()))
        .findFirst()
        .orElse("none for " + device);
  }

  private static <T> T require(Optional<T> found, String what) {
    return found.orElseThrow(
        () ->
            new UnexpectedAnswerException(
                what + " is not there any more. Nothing was destroyed by this run."));
  }
}
