package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Describing instances, their status and their types. */
final class InstanceOperations {

  private static final Duration CHECKS_TAKE = Duration.ofMinutes(2);

  private final Ec2Store store;
  private final Listing<Instance> listing =
      Listing.<Instance>ofTagged()
          .by("instance-id", i -> i.id)
          .by("instance-state-name", i -> i.state.wire)
          .by("instance-type", i -> i.type.wire)
          .by("image-id", i -> i.image.id)
          .by("availability-zone", i -> i.zone)
          .by("root-device-name", i -> i.rootDeviceName)
          .by("root-device-type", i -> i.hasEbsRoot() ? "ebs" : "instance-store")
          .by("reservation-id", i -> i.reservationId)
          .byMany("client-token", i -> i.clientToken.map(List::of).orElse(List.of()))
          .byMany("block-device-mapping.volume-id", i -> attached(i, a -> a.volumeId))
          .byMany("block-device-mapping.device-name", i -> attached(i, a -> a.device))
          .byMany("block-device-mapping.status", i -> attached(i, a -> a.status));
  private final Listing<InstanceType> types =
      Listing.<InstanceType>of()
          .by("instance-type", t -> t.wire)
          .by("ebs-info.encryption-support", t -> t.takesEncrypted ? "supported" : "unsupported");

  InstanceOperations(Ec2Store store) {
    this.store = store;
  }

  private List<String> attached(Instance instance, Function<Attachment, String> value) {
    return store.attachmentsOf(instance).stream().map(value).toList();
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "DescribeInstances",
        Ec2Rules.list(this::describe, "InstanceId", "IncludeManagedResources"));
    operations.put(
        "DescribeInstanceStatus", Ec2Rules.list(this::status, "InstanceId", "IncludeAllInstances"));
    operations.put("DescribeInstanceTypes", Ec2Rules.list(this::types, "InstanceType"));
  }

  private List<Instance> asked(AwsRequest request) {
    Params params = request.params();
    List<String> ids = params.texts("InstanceId");
    if (!ids.isEmpty() && params.has("MaxResults")) {
      throw Ec2Rules.invalidCombination(
          "The parameter instancesSet cannot be used with the parameter maxResults");
    }
    return ids.isEmpty()
        ? store.in(request.region(), Instance.class)
        : ids.stream().map(id -> store.instance(request.region(), id)).toList();
  }

  private Map<String, Object> describe(AwsRequest request) {
    return listing.page(
        request,
        "reservationSet",
        asked(request),
        instance -> InstanceLaunch.reservation(store, List.of(instance)));
  }

  private Map<String, Object> status(AwsRequest request) {
    boolean isAll = request.params().truth("IncludeAllInstances").orElse(false);
    List<Instance> instances =
        asked(request).stream().filter(i -> isAll || i.is(InstanceState.RUNNING)).toList();
    return listing.page(request, "instanceStatusSet", instances, this::statusXml);
  }

  private Map<String, Object> statusXml(Instance instance) {
    boolean isChecked = !store.now().isBefore(instance.launchedAt.plus(CHECKS_TAKE));
    String status =
        !instance.is(InstanceState.RUNNING) ? "not-applicable" : isChecked ? "ok" : "initializing";
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("instanceId", instance.id);
    xml.put("availabilityZone", instance.zone);
    xml.put("instanceState", instance.state.xml());
    xml.put("systemStatus", Map.of("status", status));
    xml.put("instanceStatus", Map.of("status", status));
    return xml;
  }

  private Map<String, Object> types(AwsRequest request) {
    List<String> names = request.params().texts("InstanceType");
    List<InstanceType> asked =
        names.isEmpty()
            ? Arrays.asList(InstanceType.values())
            : names.stream().map(InstanceType::of).toList();
    return types.page(request, "instanceTypeSet", asked, InstanceType::xml);
  }
}
