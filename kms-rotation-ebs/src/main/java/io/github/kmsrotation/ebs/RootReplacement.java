package io.github.kmsrotation.ebs;

import io.github.kmsrotation.spi.Findings;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Whether a task can replace the root volume, where that was asked for. It works for virtualized
 * instances and bare metal Mac instances that are running.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateReplaceRootVolumeTask.html">
 *     CreateReplaceRootVolumeTask</a>
 * @see <a
 *     href="https://aws.amazon.com/blogs/compute/quick-restoration-through-replacing-the-root-volumes-of-amazon-ec2/">
 *     Quick restoration through replacing the root volumes</a>
 */
final class RootReplacement {

  private final EbsOptions options;
  private final Findings findings;

  RootReplacement(EbsOptions options, Findings findings) {
    this.options = options;
    this.findings = findings;
  }

  /**
   * How writes are kept from the root volume if a task replaces it.
   *
   * @return empty if it is swapped like any other volume
   */
  Optional<Writes> writes(Optional<Instance> on, List<Volume> volumes) {
    if (!options.replacesRootVolume() || on.isEmpty() || volumes.isEmpty()) {
      return Optional.empty();
    }
    Instance instance = on.get();
    Optional<String> obstacle = obstacle(instance, volumes);
    if (obstacle.isEmpty()) {
      return Optional.of(byTask(instance));
    }
    boolean mayBeSwapped =
        options.stopsInstance() || instance.state().name() == InstanceStateName.STOPPED;
    if (mayBeSwapped) {
      findings.warning(
          "No task can replace the root volume of " + instance.instanceId() + ": " + obstacle.get(),
          "The instance is stopped instead, the volume detached, and the new one attached.");
      return Optional.empty();
    }
    findings.problem(
        "No task can replace the root volume of " + instance.instanceId() + ": " + obstacle.get(),
        "Let the run stop the instance, detach and attach: say stopInstance() too, or instead of"
            + " replaceRootVolume().");
    return Optional.of(Writes.STOPPED_BY_RUN);
  }

  private static Optional<String> obstacle(Instance instance, List<Volume> volumes) {
    String type = VolumeAttribute.text(instance.instanceTypeAsString());
    if (volumes.size() != 1 || !isRoot(instance, volumes.get(0))) {
      return Optional.of(
          "there are other volumes to rotate. Rotate the root volume by its own id, and them by"
              + " theirs.");
    }
    if (instance.state().name() != InstanceStateName.RUNNING) {
      return Optional.of(
          "the instance is " + instance.state().nameAsString() + ", and a task needs it running.");
    }
    if (type.contains("metal") && !type.startsWith("mac")) {
      return Optional.of("the instance type " + type + " is bare metal.");
    }
    if (!Boolean.TRUE.equals(volumes.get(0).encrypted())) {
      return Optional.of(
          "it is not encrypted, and no task puts an unencrypted volume back in the place of an"
              + " encrypted one if the run is rolled back.");
    }
    return Optional.empty();
  }

  private static boolean isRoot(Instance instance, Volume volume) {
    return Fitness.attachmentTo(volume, instance.instanceId())
        .filter(attachment -> attachment.device().equals(instance.rootDeviceName()))
        .isPresent();
  }

  private Writes byTask(Instance instance) {
    if (options.writeFreeze().isPresent()) {
      return Writes.FROZEN;
    }
    if (!options.isLosingWritesAccepted()) {
      findings.problem(
          "The instance "
              + instance.instanceId()
              + " runs, and what is written to its root volume between the snapshot and the task"
              + " that replaces it would be lost.",
          "Give a writeFreeze that stops these writes; or say"
              + " iAcceptLosingWritesMadeAfterTheSnapshot() if none of them matters; or"
              + " stopInstance() instead of replaceRootVolume().");
    }
    return Writes.LOST;
  }
}
