package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Starting, stopping and terminating instances. An instance with a volume whose key cannot be used
 * goes back to {@code stopped} when it is started.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html">Instance
 *     state changes</a>
 */
final class InstanceStateOperations {

  private final Ec2Store store;
  private final VolumeMaker maker;

  private record Change(Instance instance, InstanceState before) {
    Map<String, Object> xml() {
      return Map.of(
          "instanceId", instance.id,
          "previousState", before.xml(),
          "currentState", instance.state.xml());
    }
  }

  InstanceStateOperations(Ec2Store store, VolumeMaker maker) {
    this.store = store;
    this.maker = maker;
  }

  void define(Map<String, Operation> operations) {
    operations.put("StartInstances", Ec2Rules.write(this::start, "InstanceId"));
    operations.put("StopInstances", Ec2Rules.write(this::stop, "InstanceId", "Force"));
    operations.put("TerminateInstances", Ec2Rules.write(this::terminate, "InstanceId"));
  }

  private List<Instance> asked(AwsRequest request) {
    List<Instance> instances = new ArrayList<>();
    for (String id : Ec2Rules.requiredTexts(request.params(), "InstanceId")) {
      Instance instance = store.instance(request.region(), id);
      Ec2Rules.requireNotManaged(instance);
      instances.add(instance);
    }
    return instances;
  }

  private Map<String, Object> change(
      AwsRequest request, Consumer<Instance> check, Consumer<Instance> begin) {
    List<Instance> instances = asked(request);
    instances.forEach(check);
    Ec2Rules.endDryRun(request);
    List<Map<String, Object>> changes = new ArrayList<>();
    for (Instance instance : instances) {
      InstanceState before = instance.state;
      begin.accept(instance);
      changes.add(new Change(instance, before).xml());
    }
    return Map.of("instancesSet", Ec2Rules.items(changes));
  }

  private static AwsError incorrectState(Instance instance, String todo) {
    return AwsError.badRequest(
        "IncorrectInstanceState",
        "The instance '%s' is not in a state from which it can be %s."
            .formatted(instance.id, todo));
  }

  private Map<String, Object> start(AwsRequest request) {
    return change(request, this::checkStart, this::beginStart);
  }

  private void checkStart(Instance instance) {
    if (instance.is(InstanceState.RUNNING) || instance.is(InstanceState.PENDING)) {
      return;
    }
    if (!instance.is(InstanceState.STOPPED)) {
      throw incorrectState(instance, "started");
    }
    List<Attachment> attachments = store.attachmentsOf(instance);
    boolean hasRoot =
        attachments.stream()
            .anyMatch(a -> a.device.equals(instance.rootDeviceName) && a.isAttached());
    if (!hasRoot) {
      throw Ec2Rules.invalidValue(
          "Invalid value '%s' for instanceId. Instance does not have a volume attached at root (%s)"
              .formatted(instance.id, instance.rootDeviceName));
    }
  }

  private void beginStart(Instance instance) {
    if (instance.is(InstanceState.STOPPED)) {
      instance.state = InstanceState.PENDING;
      instance.launchedAt = store.now();
      store.later("StartInstances", Takes.START, () -> finishStart(instance));
    }
  }

  private void finishStart(Instance instance) {
    if (!instance.is(InstanceState.PENDING)) {
      return;
    }
    boolean areKeysUsable =
        store.volumesOf(instance).stream()
            .allMatch(v -> store.keys.canOpen(v.region, v.encryption));
    if (areKeysUsable) {
      instance.state = InstanceState.RUNNING;
    } else {
      instance.failed("Client.InternalError", "Client.InternalError: Client error on launch");
      instance.state = InstanceState.STOPPED;
    }
  }

  private Map<String, Object> stop(AwsRequest request) {
    return change(request, InstanceStateOperations::checkStop, this::beginStop);
  }

  private static void checkStop(Instance instance) {
    if (!instance.hasEbsRoot()) {
      throw AwsError.badRequest(
          "UnsupportedOperation",
          "The instance '%s' does not have an 'ebs' root device type and cannot be stopped."
              .formatted(instance.id));
    }
    if (instance.disableApiStop) {
      throw Ec2Rules.notPermitted(
          "The instance '%s' may not be stopped. Modify its 'disableApiStop' instance attribute."
              .formatted(instance.id));
    }
    boolean isStoppable =
        List.of(InstanceState.RUNNING, InstanceState.STOPPING, InstanceState.STOPPED)
            .contains(instance.state);
    if (!isStoppable) {
      throw incorrectState(instance, "stopped");
    }
  }

  private void beginStop(Instance instance) {
    if (instance.is(InstanceState.RUNNING)) {
      instance.state = InstanceState.STOPPING;
      store.later("StopInstances", Takes.STOP, () -> finishStop(instance));
    }
  }

  private void finishStop(Instance instance) {
    if (instance.is(InstanceState.STOPPING)) {
      store.guest.stopped(instance.id);
      instance.state = InstanceState.STOPPED;
      instance.failed(
          "Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown");
    }
  }

  private Map<String, Object> terminate(AwsRequest request) {
    return change(request, InstanceStateOperations::checkTerminate, this::beginTerminate);
  }

  private static void checkTerminate(Instance instance) {
    if (instance.disableApiTermination) {
      throw Ec2Rules.notPermitted(
          "The instance '%s' may not be terminated. Modify its 'disableApiTermination' instance"
                  .formatted(instance.id)
              + " attribute and try again.");
    }
  }

  private void beginTerminate(Instance instance) {
    if (instance.is(InstanceState.SHUTTING_DOWN) || instance.is(InstanceState.TERMINATED)) {
      return;
    }
    instance.state = InstanceState.SHUTTING_DOWN;
    store.later("TerminateInstances", Takes.TERMINATE, () -> finishTerminate(instance));
  }

  private void finishTerminate(Instance instance) {
    store.guest.stopped(instance.id);
    instance.state = InstanceState.TERMINATED;
    for (Volume volume : store.volumesOf(instance)) {
      List<Attachment> ended =
          volume.attachments.stream().filter(a -> a.instanceId.equals(instance.id)).toList();
      ended.forEach(attachment -> store.detached(volume, attachment));
      if (volume.attachments.isEmpty() && ended.stream().anyMatch(a -> a.deleteOnTermination)) {
        maker.discard(volume);
      }
    }
    store.timeline.after(Takes.REMEMBER_TERMINATED, () -> store.remove(instance));
  }
}
