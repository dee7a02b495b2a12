package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Attributes of instances, one at a time.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html">
 *     ModifyInstanceAttribute</a>
 */
final class InstanceAttributeOperations {

  private static final List<String> MODIFIED =
      List.of(
          "BlockDeviceMapping",
          "DisableApiTermination",
          "DisableApiStop",
          "InstanceType",
          "UserData",
          "InstanceInitiatedShutdownBehavior",
          "EbsOptimized",
          "SourceDestCheck",
          "GroupId");

  private final Ec2Store store;

  InstanceAttributeOperations(Ec2Store store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "DescribeInstanceAttribute", Ec2Rules.read(this::describe, "InstanceId", "Attribute"));
    operations.put(
        "ModifyInstanceAttribute",
        Ec2Rules.write(
            this::modify,
            "InstanceId",
            "BlockDeviceMapping",
            "DisableApiTermination",
            "DisableApiStop",
            "InstanceType",
            "UserData",
            "InstanceInitiatedShutdownBehavior",
            "EbsOptimized",
            "SourceDestCheck",
            "GroupId"));
  }

  private Map<String, Object> describe(AwsRequest request) {
    Instance instance =
        store.instance(request.region(), Ec2Rules.required(request.params(), "InstanceId"));
    String attribute = Ec2Rules.required(request.params(), "Attribute");
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("instanceId", instance.id);
    switch (attribute) {
      case "instanceType" -> answer.put(attribute, value(instance.type.wire));
      case "disableApiTermination" -> answer.put(attribute, value(instance.disableApiTermination));
      case "disableApiStop" -> answer.put(attribute, value(instance.disableApiStop));
      case "instanceInitiatedShutdownBehavior" ->
          answer.put(attribute, value(instance.shutdownBehavior));
      case "rootDeviceName" -> answer.put(attribute, value(instance.rootDeviceName));
      case "ebsOptimized" -> answer.put(attribute, value(instance.ebsOptimized));
      case "sourceDestCheck" -> answer.put(attribute, value(instance.sourceDestCheck));
      case "userData" ->
          answer.put(attribute, instance.userData.map(d -> value(d)).orElse(Map.of()));
      case "blockDeviceMapping" ->
          answer.put(attribute, instance.blockDeviceMapping(store.volumesOf(instance)));
      case "productCodes" ->
          answer.put(
              attribute,
              instance
                  .xml(store.volumesOf(instance))
                  .getOrDefault(attribute, Ec2Rules.items(List.of())));
      case "groupSet" ->
          answer.put(
              attribute, instance.settings.getOrDefault(attribute, Ec2Rules.items(List.of())));
      default ->
          throw AwsError.notModelled(
              "the attribute " + attribute + " of ec2:" + request.operation());
    }
    return answer;
  }

  private static Map<String, Object> value(Object value) {
    return Map.of("value", value);
  }

  private Map<String, Object> modify(AwsRequest request) {
    Params params = request.params();
    Instance instance = store.instance(request.region(), Ec2Rules.required(params, "InstanceId"));
    Ec2Rules.requireNotManaged(instance);
    if (instance.is(InstanceState.SHUTTING_DOWN) || instance.is(InstanceState.TERMINATED)) {
      throw AwsError.badRequest(
          "IncorrectInstanceState", "The instance '" + instance.id + "' is " + instance.state.wire);
    }
    List<String> given = MODIFIED.stream().filter(params::has).toList();
    if (given.size() != 1) {
      throw Ec2Rules.invalidCombination(
          "Exactly one attribute is to be specified, not " + given.size() + ".");
    }
    Runnable change = change(instance, given.get(0), params);
    Ec2Rules.endDryRun(request);
    change.run();
    return Map.of("return", true);
  }

  /** What is to be done, checked. */
  private Runnable change(Instance instance, String name, Params params) {
    if (name.equals("BlockDeviceMapping")) {
      return keepOrDelete(instance, params.structures(name));
    }
    if (name.equals("GroupId")) {
      return () -> instance.settings.put("groupSet", InstanceSettings.groups(params.texts(name)));
    }
    Params attribute = params.structure(name).orElseThrow();
    String value = Ec2Rules.required(attribute, "Value");
    boolean truth = value.equals("true");
    return switch (name) {
      case "DisableApiTermination" -> () -> instance.disableApiTermination = truth;
      case "DisableApiStop" -> () -> instance.disableApiStop = truth;
      case "SourceDestCheck" -> () -> instance.sourceDestCheck = truth;
      case "InstanceInitiatedShutdownBehavior" -> () -> instance.shutdownBehavior = value;
      default -> changeOfStopped(instance, name, value);
    };
  }

  private Runnable changeOfStopped(Instance instance, String name, String value) {
    if (!instance.is(InstanceState.STOPPED)) {
      throw AwsError.badRequest(
          "IncorrectInstanceState",
          "The instance '%s' is not in the 'stopped' state.".formatted(instance.id));
    }
    return switch (name) {
      case "UserData" -> () -> instance.userData = Optional.of(value);
      case "EbsOptimized" -> () -> instance.ebsOptimized = value.equals("true");
      default -> changeType(instance, InstanceType.of(value));
    };
  }

  private Runnable changeType(Instance instance, InstanceType type) {
    boolean hasEncrypted =
        store.volumesOf(instance).stream().anyMatch(volume -> volume.encryption.isOn());
    if (hasEncrypted && !type.takesEncrypted) {
      throw AwsError.badRequest(
          "EncryptedVolumesNotSupported", type.wire + " does not support encrypted volumes.");
    }
    if (!type.architecture.equals(instance.type.architecture)) {
      throw Ec2Rules.invalidValue(
          type.wire + " is for " + type.architecture + ", the AMI of " + instance.id + " is not.");
    }
    return () -> instance.type = type;
  }

  private Runnable keepOrDelete(Instance instance, List<Params> mappings) {
    Map<Attachment, Boolean> changes = new LinkedHashMap<>();
    for (Params mapping : mappings) {
      String device = Ec2Rules.required(mapping, "DeviceName");
      Attachment attachment =
          store.attachmentsOf(instance).stream()
              .filter(a -> a.device.equals(device))
              .findFirst()
              .orElseThrow(
                  () ->
                      AwsError.badRequest(
                          "InvalidInstanceAttributeValue",
                          "No device is currently mapped at " + device));
      mapping
          .structure("Ebs")
          .flatMap(ebs -> ebs.truth("DeleteOnTermination"))
          .ifPresent(isDeleted -> changes.put(attachment, isDeleted));
    }
    return () ->
        changes.forEach((attachment, isDeleted) -> attachment.deleteOnTermination = isDeleted);
  }
}
