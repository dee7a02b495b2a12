package io.github.kmsrotation.ebs;

import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.EbsTarget;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.DeviceType;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;

/** What stands in the way of a new instance, and what it will not have of the original. */
final class NewInstancePreflight {

  private static final int MOST_TAGS = 50;
  private static final String GROUP_TAG = "aws:autoscaling:groupName";

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final Ec2 ec2;
  private final Findings findings;

  NewInstancePreflight(
      PlanRequest<EbsTarget> request, EbsOptions options, Ec2 ec2, Findings findings) {
    this.request = request;
    this.options = options;
    this.ec2 = ec2;
    this.findings = findings;
  }

  /** How writes are kept from the originals; if they are not, that is a problem. */
  Writes writes(Instance instance) {
    if (options.isLosingWritesAccepted()) {
      return Writes.LOST;
    }
    if (options.writeFreeze().isPresent()) {
      return Writes.FROZEN;
    }
    if (!options.stopsInstance()) {
      findings.problem(
          "The instance "
              + instance.instanceId()
              + " runs, and the new instance would not have what is written after the snapshots.",
          "Let the run stop it: EbsOptions.builder().stopInstance(). Or give a writeFreeze. Or, if"
              + " it keeps nothing that matters, say iAcceptLosingWritesMadeAfterTheSnapshot().");
    }
    return Writes.STOPPED_BY_RUN;
  }

  /** What is read of the original, if there is one. */
  Optional<Blueprint> check(Optional<Instance> on, List<Volume> volumes, TrafficSwitch traffic) {
    if (on.isEmpty() || !request.target().isInstance()) {
      findings.problem(
          "A new instance is to take over, and the target is not an instance.",
          "Name the instance: RotationPlanner.forEbs(\"i-...\").");
      return Optional.empty();
    }
    Instance instance = on.get();
    checkState(instance);
    checkKind(instance);
    checkNetwork(instance, traffic);
    volumes.forEach(this::checkVolume);
    findings.check(
        () ->
            traffic
                .obstacle(instance.instanceId(), request.calls())
                .ifPresent(text -> findings.problem(text, "That is what the TrafficSwitch says.")));
    Optional<Blueprint> blueprint =
        findings.look(() -> Blueprint.read(ec2, request.calls(), instance));
    blueprint.ifPresent(this::warn);
    return blueprint;
  }

  private void checkState(Instance instance) {
    if (instance.state().name() == InstanceStateName.STOPPED) {
      findings.problem(
          "The instance "
              + instance.instanceId()
              + " is stopped, so that it has no traffic to be switched.",
          "Start it; or rotate its volumes in place, without newInstance(...).");
    }
    if (instance.rootDeviceType() != DeviceType.EBS) {
      findings.problem(
          "The root device of "
              + instance.instanceId()
              + " is an instance store volume, of which EC2 makes no AMI.",
          "Rotate its EBS volumes in place, without newInstance(...).");
    }
  }

  private void checkKind(Instance instance) {
    String id = instance.instanceId();
    if (instance.instanceLifecycle() != null) {
      findings.problem(
          "The instance "
              + id
              + " is of the kind "
              + instance.instanceLifecycleAsString()
              + ", which is requested otherwise than an on-demand instance.",
          "Request a new one as the first was requested.");
    }
    instance.tags().stream()
        .filter(tag -> tag.key().equals(GROUP_TAG))
        .map(Tag::value)
        .forEach(
            group ->
                findings.problem(
                    "The instance " + id + " is in the Auto Scaling group " + group + ".",
                    "The group launches its instances itself: give its launch template the new key"
                        + " and refresh the group's instances."));
    if (RunTag.userTags(instance.tags()).size() >= MOST_TAGS) {
      findings.problem(
          "The instance " + id + " has 50 tags; the run needs one more on the new one.",
          "Remove a tag: EC2 allows 50.");
    }
    if (instance.outpostArn() != null) {
      findings.problem(
          "The instance " + id + " is on an Outpost, where this release launches none.",
          "Rotate its volumes in place, without newInstance(...).");
    }
    if (!instance.elasticGpuAssociations().isEmpty()
        || !instance.elasticInferenceAcceleratorAssociations().isEmpty()
        || !instance.secondaryInterfaces().isEmpty()) {
      findings.problem(
          "The instance " + id + " has accelerators or secondary interfaces that are not carried.",
          "Rotate its volumes in place, without newInstance(...).");
    }
  }

  private void checkNetwork(Instance instance, TrafficSwitch traffic) {
    if (instance.networkInterfaces().size() != 1) {
      findings.problem(
          "The instance "
              + instance.instanceId()
              + " has "
              + instance.networkInterfaces().size()
              + " network interfaces; those beyond the first are not moved.",
          "Rotate its volumes in place, without newInstance(...).");
    }
    List<String> elastic = Network.elasticAddresses(instance);
    if (!elastic.isEmpty() && !traffic.movesElasticIp()) {
      findings.problem(
          "The instance "
              + instance.instanceId()
              + " has the Elastic IP address "
              + String.join(", ", elastic)
              + ", which would stay with it.",
          "Give a TrafficSwitch that moves it and says so (movesElasticIp), or rotate the volumes"
              + " in place.");
    }
  }

  private void checkVolume(Volume volume) {
    if (Boolean.TRUE.equals(volume.multiAttachEnabled())) {
      findings.problem(
          "The volume " + volume.volumeId() + " has Multi-Attach, which no launch can set.",
          "Rotate the volumes in place, without newInstance(...).");
    }
  }

  private void warn(Blueprint blueprint) {
    Instance instance = blueprint.instance();
    String id = instance.instanceId();
    findings.warning(
        "The new instance has another instance id, private IP address ("
            + id
            + " has "
            + VolumeAttribute.text(instance.privateIpAddress())
            + "), MAC address and private DNS name, and an AMI of its own.",
        "Whatever names the old ones has to learn them: DNS, firewalls, alarms, infrastructure"
            + " code, licences that go by MAC address, peers of a cluster.");
    findings.warning(
        "The new instance boots from a copy of everything.",
        options.stopsInstance()
            ? "The original is stopped by then, and is not started again unless the run is rolled"
                + " back."
            : "What starts by itself, such as cron jobs and queue consumers, runs on both until the"
                + " original is terminated.");
    if (!blueprint.userData().isEmpty()) {
      findings.warning(
          "The instance " + id + " has user data.",
          "cloud-init runs it once more on the new instance, as it has another id.");
    }
    if (options.isLosingWritesAccepted()) {
      findings.warning(
          "What is written to the volumes of " + id + " after the snapshots is lost.",
          "That was accepted. The snapshots are crash-consistent, each by itself.");
    }
    warnOfLosses(blueprint);
  }

  private void warnOfLosses(Blueprint blueprint) {
    Instance instance = blueprint.instance();
    String id = instance.instanceId();
    Network.primary(instance)
        .filter(Network::isPublic)
        .ifPresent(
            one ->
                findings.warning(
                    "The instance " + id + " has a public IPv4 address.",
                    "The new instance has another one."));
    if (instance.capacityBlockId() != null || instance.capacityReservationId() != null) {
      findings.warning(
          "The instance " + id + " runs in reserved capacity.",
          "Until it is terminated, the new instance needs capacity of its own.");
    }
    if (Boolean.TRUE.equals(blueprint.type().instanceStorageSupported())
        && !options.isLosingInstanceStoreAccepted()) {
      findings.problem(
          "The instance type "
              + instance.instanceTypeAsString()
              + " has instance store volumes, which are empty on the new instance.",
          "Save what is on them; then say iAcceptLosingInstanceStoreData().");
    }
    if (blueprint.isProtectedFromTermination()) {
      findings.warning(
          "The instance " + id + " is protected from termination.",
          "The new instance will be, too, and the run stops before it terminates the original,"
              + " until somebody takes the protection off.");
    }
    Stream.of(instance.tags().stream().map(Tag::key).filter(key -> key.startsWith("aws:")).toList())
        .filter(keys -> !keys.isEmpty())
        .forEach(
            keys ->
                findings.warning(
                    "The instance " + id + " has tags that only AWS can set: " + keys + ".",
                    "The new instance will not have them, and what made the original, such as a"
                        + " CloudFormation stack, does not know it."));
  }
}
