package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Evidence;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.LicenseConfiguration;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * What a new instance has as the original has it, before it gets traffic. The protections follow
 * once it serves.
 *
 * @param name as EC2 calls it
 * @param of its value, as text; never a secret
 */
record InstanceTrait(String name, Function<Blueprint, String> of) {

  static final List<InstanceTrait> ALL =
      List.of(
          trait("InstanceType", b -> b.instance().instanceTypeAsString()),
          trait("Architecture", b -> b.instance().architectureAsString()),
          trait("Platform", b -> b.instance().platformDetails()),
          trait("BootMode", b -> b.instance().bootModeAsString()),
          trait("TpmSupport", b -> b.instance().tpmSupport()),
          trait("EnaSupport", b -> b.instance().enaSupport()),
          trait("VirtualizationType", b -> b.instance().virtualizationTypeAsString()),
          trait("RootDeviceName", b -> b.instance().rootDeviceName()),
          trait("Placement", b -> placement(b)),
          trait("OutpostArn", b -> b.instance().outpostArn()),
          trait("VpcId", b -> b.instance().vpcId()),
          trait("SubnetId", b -> b.instance().subnetId()),
          trait("KeyName", b -> b.instance().keyName()),
          trait(
              "IamInstanceProfile",
              b ->
                  b.instance().iamInstanceProfile() == null
                      ? ""
                      : b.instance().iamInstanceProfile().arn()),
          trait("EbsOptimized", b -> b.instance().ebsOptimized()),
          trait("Monitoring", b -> Launch.isMonitored(b.instance())),
          trait("SourceDestCheck", b -> b.instance().sourceDestCheck()),
          trait("CpuOptions", b -> b.instance().cpuOptions()),
          trait("HibernationOptions", b -> b.instance().hibernationOptions()),
          trait("EnclaveOptions", b -> b.instance().enclaveOptions()),
          trait("MetadataOptions", b -> metadata(b)),
          trait("MaintenanceOptions", b -> b.instance().maintenanceOptions()),
          trait("PrivateDnsNameOptions", b -> b.instance().privateDnsNameOptions()),
          trait("NetworkPerformanceOptions", b -> b.instance().networkPerformanceOptions()),
          trait("CapacityReservation", b -> b.instance().capacityReservationSpecification()),
          trait("Licenses", b -> licenses(b)),
          trait("Tags", b -> tags(b)),
          trait("CreditSpecification", b -> b.cpuCredits().orElse("")),
          trait("InstanceInitiatedShutdownBehavior", b -> b.shutdownBehavior()),
          trait("UserData", b -> fingerprint(b.userData())),
          trait(
              "NetworkInterface", b -> Network.primary(b.instance()).map(n -> net(n)).orElse("")));

  private interface Value {
    @org.jspecify.annotations.Nullable
    Object of(Blueprint blueprint);
  }

  private static InstanceTrait trait(String name, Value value) {
    return new InstanceTrait(name, blueprint -> VolumeAttribute.text(value.of(blueprint)));
  }

  private static String placement(Blueprint blueprint) {
    return blueprint.instance().placement().toString();
  }

  /** Without the state of its being applied. */
  private static String metadata(Blueprint blueprint) {
    return blueprint.instance().metadataOptions() == null
        ? ""
        : blueprint.instance().metadataOptions().copy(m -> m.state((String) null)).toString();
  }

  private static String licenses(Blueprint blueprint) {
    return blueprint.instance().licenses().stream()
        .map(LicenseConfiguration::licenseConfigurationArn)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String tags(Blueprint blueprint) {
    return RunTag.userTags(blueprint.instance().tags()).stream()
        .map(InstanceTrait::tag)
        .collect(Collectors.joining(", "));
  }

  private static String tag(Tag tag) {
    return tag.key() + "=" + tag.value();
  }

  /** User data may hold secrets, and evidence is kept. */
  private static String fingerprint(String userData) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(userData.getBytes(StandardCharsets.UTF_8));
      return userData.isEmpty() ? "" : "SHA-256 " + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String net(InstanceNetworkInterface one) {
    return "groups "
        + Network.groups(one)
        + ", public "
        + Network.isPublic(one)
        + ", type "
        + one.interfaceType()
        + ", description '"
        + VolumeAttribute.text(one.description())
        + "', secondary "
        + Network.secondaryAddresses(one)
        + ", IPv6 "
        + one.ipv6Addresses().size()
        + ", prefixes "
        + one.ipv4Prefixes().size()
        + " and "
        + one.ipv6Prefixes().size()
        + ", deleted with it "
        + one.attachment().deleteOnTermination()
        + ", tracking "
        + VolumeAttribute.text(one.connectionTrackingConfiguration());
  }

  static List<Evidence> compare(Blueprint original, Blueprint successor) {
    String names =
        successor.instance().instanceId() + " for " + original.instance().instanceId() + ", ";
    return ALL.stream()
        .map(t -> new Evidence(names + t.name(), t.of().apply(original), t.of().apply(successor)))
        .toList();
  }
}
