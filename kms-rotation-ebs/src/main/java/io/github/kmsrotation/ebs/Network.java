package io.github.kmsrotation.ebs;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttachmentEnaSrdSpecification;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceAssociation;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;

/** The network interface that an instance is launched with, and its addresses. */
final class Network {

  /** Who owns a public address that goes with the instance, and is not an Elastic IP address. */
  private static final String AMAZON = "amazon";

  private static final String USUAL_TYPE = "interface";

  private Network() {}

  static Optional<InstanceNetworkInterface> primary(Instance instance) {
    return instance.networkInterfaces().stream()
        .min(
            Comparator.comparing(
                one -> one.attachment() == null ? 0 : one.attachment().deviceIndex()));
  }

  /** The Elastic IP addresses of all its interfaces, and carrier and customer-owned addresses. */
  static List<String> elasticAddresses(Instance instance) {
    return instance.networkInterfaces().stream()
        .flatMap(
            one ->
                Stream.concat(
                    Stream.ofNullable(one.association()),
                    one.privateIpAddresses().stream()
                        .flatMap(address -> Stream.ofNullable(address.association()))))
        .filter(association -> !AMAZON.equals(association.ipOwnerId()))
        .map(Network::address)
        .distinct()
        .toList();
  }

  private static String address(InstanceNetworkInterfaceAssociation association) {
    return Stream.of(association.publicIp(), association.carrierIp(), association.customerOwnedIp())
        .filter(address -> address != null)
        .findFirst()
        .orElse("an address");
  }

  static boolean isPublic(InstanceNetworkInterface one) {
    return one.association() != null && AMAZON.equals(one.association().ipOwnerId());
  }

  static List<String> groups(InstanceNetworkInterface one) {
    return one.groups().stream().map(GroupIdentifier::groupId).sorted().toList();
  }

  static int secondaryAddresses(InstanceNetworkInterface one) {
    return Math.max(0, one.privateIpAddresses().size() - 1);
  }

  static InstanceNetworkInterfaceSpecification like(Instance instance) {
    InstanceNetworkInterface one = primary(instance).orElseThrow();
    InstanceNetworkInterfaceSpecification.Builder like =
        InstanceNetworkInterfaceSpecification.builder()
            .deviceIndex(0)
            .subnetId(one.subnetId())
            .groups(groups(one))
            .associatePublicIpAddress(isPublic(one))
            .deleteOnTermination(one.attachment().deleteOnTermination());
    if (one.description() != null && !one.description().isEmpty()) {
      like.description(one.description());
    }
    if (one.interfaceType() != null && !one.interfaceType().equals(USUAL_TYPE)) {
      like.interfaceType(one.interfaceType());
    }
    if (secondaryAddresses(one) > 0) {
      like.secondaryPrivateIpAddressCount(secondaryAddresses(one));
    }
    if (!one.ipv6Addresses().isEmpty()) {
      like.ipv6AddressCount(one.ipv6Addresses().size());
    }
    if (!one.ipv4Prefixes().isEmpty()) {
      like.ipv4PrefixCount(one.ipv4Prefixes().size());
    }
    if (!one.ipv6Prefixes().isEmpty()) {
      like.ipv6PrefixCount(one.ipv6Prefixes().size());
    }
    addTuning(one, like);
    return like.build();
  }

  private static void addTuning(
      InstanceNetworkInterface one, InstanceNetworkInterfaceSpecification.Builder like) {
    if (one.connectionTrackingConfiguration() != null) {
      like.connectionTrackingSpecification(
          c ->
              c.tcpEstablishedTimeout(one.connectionTrackingConfiguration().tcpEstablishedTimeout())
                  .udpStreamTimeout(one.connectionTrackingConfiguration().udpStreamTimeout())
                  .udpTimeout(one.connectionTrackingConfiguration().udpTimeout()));
    }
    if (one.attachment().enaQueueCount() != null) {
      like.enaQueueCount(one.attachment().enaQueueCount());
    }
    if (one.attachment().enaSrdSpecification() != null) {
      InstanceAttachmentEnaSrdSpecification express = one.attachment().enaSrdSpecification();
      like.enaSrdSpecification(
          s -> {
            s.enaSrdEnabled(express.enaSrdEnabled());
            if (express.enaSrdUdpSpecification() != null) {
              s.enaSrdUdpSpecification(
                  u -> u.enaSrdUdpEnabled(express.enaSrdUdpSpecification().enaSrdUdpEnabled()));
            }
          });
    }
  }
}
