package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The network interface that an instance is launched with. It cannot be had without its instance
 * here.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html">
 *     InstanceNetworkInterfaceSpecification</a>
 */
final class PrimaryInterface {

  private static final List<String> MODELLED =
      List.of(
          "DeviceIndex",
          "SubnetId",
          "SecurityGroupId",
          "AssociatePublicIpAddress",
          "DeleteOnTermination",
          "Description",
          "InterfaceType",
          "SecondaryPrivateIpAddressCount",
          "Ipv6AddressCount",
          "Ipv4PrefixCount",
          "Ipv6PrefixCount",
          "ConnectionTrackingSpecification");

  private PrimaryInterface() {}

  /** The one that a launch specifies, checked. */
  static Optional<Params> asked(Params params) {
    List<Params> specified = params.structures("NetworkInterface");
    if (specified.isEmpty()) {
      return Optional.empty();
    }
    if (params.has("SubnetId") || params.has("SecurityGroupId")) {
      throw Ec2Rules.invalidCombination(
          "Network interfaces and an instance-level subnet ID or security groups may not be"
              + " specified on the same request");
    }
    Params first = specified.get(0);
    first.names().stream()
        .filter(name -> !MODELLED.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw AwsError.notModelled("NetworkInterface." + name + " of ec2:RunInstances");
            });
    if (specified.size() > 1 || first.number("DeviceIndex").orElse(-1) != 0) {
      throw AwsError.notModelled("the launch of an instance with other network interfaces");
    }
    return Optional.of(first);
  }

  /** How it is told, once the instance has its settings. */
  static Map<String, Object> told(Instance instance, String accountId, Optional<Params> asked) {
    Params spec = asked.orElseGet(() -> new Params(Map.of(), "InvalidParameterValue"));
    String number = instance.id.substring("i-".length());
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("networkInterfaceId", "eni-" + number);
    told.put("subnetId", instance.settings.getOrDefault("subnetId", ""));
    told.put("vpcId", InstanceSettings.VPC);
    told.put("description", spec.text("Description").orElse(""));
    told.put("ownerId", accountId);
    told.put("status", "in-use");
    told.put("interfaceType", spec.text("InterfaceType").orElse("interface"));
    told.put("sourceDestCheck", true);
    told.put("groupSet", instance.settings.getOrDefault("groupSet", Ec2Rules.items(List.of())));
    told.put("attachment", attachment(number, instance, spec));
    told.put("privateIpAddress", instance.settings.getOrDefault("privateIpAddress", ""));
    told.put("privateIpAddressesSet", addresses(instance, spec));
    told.put(
        "ipv6AddressesSet",
        numbered(spec, "Ipv6AddressCount", n -> Map.of("ipv6Address", "2001:db8::" + n)));
    told.put(
        "ipv4PrefixSet",
        numbered(spec, "Ipv4PrefixCount", n -> Map.of("ipv4Prefix", "10.1." + n + ".0/28")));
    told.put(
        "ipv6PrefixSet",
        numbered(spec, "Ipv6PrefixCount", n -> Map.of("ipv6Prefix", "2001:db8:" + n + "::/80")));
    spec.structure("ConnectionTrackingSpecification")
        .ifPresent(c -> told.put("connectionTrackingConfiguration", Ec2Rules.mirrored(c)));
    if (spec.truth("AssociatePublicIpAddress").orElse(false)) {
      told.put("association", Map.of("ipOwnerId", "amazon", "publicIp", "203.0.113.7"));
    }
    return told;
  }

  private static Map<String, Object> attachment(String number, Instance instance, Params spec) {
    Map<String, Object> attachment = new LinkedHashMap<>();
    attachment.put("attachmentId", "eni-attach-" + number);
    attachment.put("deviceIndex", 0);
    attachment.put("networkCardIndex", 0);
    attachment.put("status", "attached");
    attachment.put("attachTime", instance.createdAt.toString());
    attachment.put("deleteOnTermination", spec.truth("DeleteOnTermination").orElse(true));
    return attachment;
  }

  private static Object addresses(Instance instance, Params spec) {
    List<Map<String, Object>> addresses = new ArrayList<>();
    Object primary = instance.settings.getOrDefault("privateIpAddress", "");
    addresses.add(Map.of("primary", true, "privateIpAddress", primary));
    for (int n = 1; n <= spec.number("SecondaryPrivateIpAddressCount").orElse(0); n++) {
      addresses.add(Map.of("primary", false, "privateIpAddress", "10.2.0." + n));
    }
    return Ec2Rules.items(addresses);
  }

  private interface Numbered {
    Map<String, Object> of(int n);
  }

  private static Object numbered(Params spec, String count, Numbered item) {
    List<Map<String, Object>> items = new ArrayList<>();
    for (int n = 1; n <= spec.number(count).orElse(0); n++) {
      items.add(item.of(n));
    }
    return Ec2Rules.items(items);
  }
}
