package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.LicenseConfigurationRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Volume;

/** What the README's table says of a new instance: every setting has a value that is no default. */
class NewInstanceSettingsTest {

  private static final String USER_DATA =
      Base64.getEncoder().encodeToString("#!/bin/sh\necho 'ü'\n".getBytes(StandardCharsets.UTF_8));

  @TempDir Path directory;

  /** EC2 takes either Nitro Enclaves or hibernation, and burstable types have credits. */
  static Stream<Arguments> settings() {
    Consumer<RunInstancesRequest.Builder> enclave = r -> r.enclaveOptions(e -> e.enabled(true));
    Consumer<RunInstancesRequest.Builder> burstable =
        r ->
            r.instanceType("t3.medium")
                .hibernationOptions(h -> h.configured(true))
                .creditSpecification(c -> c.cpuCredits("standard"));
    Consumer<RunInstancesRequest.Builder> reserved =
        r ->
            r.placement(p -> p.availabilityZone(EbsWorld.ZONE))
                .capacityReservationSpecification(
                    c ->
                        c.capacityReservationPreference("capacity-reservations-only")
                            .capacityReservationTarget(
                                t -> t.capacityReservationId("cr-0123456789abcdef0")));
    return Stream.of(
        Arguments.of("an enclave", enclave),
        Arguments.of("credits", burstable),
        Arguments.of("a capacity reservation, no placement group", reserved));
  }

  private static void unusual(RunInstancesRequest.Builder request) {
    request
        .instanceType("m7i.large")
        .userData(USER_DATA)
        .keyName("orders-key")
        .iamInstanceProfile(p -> p.name("orders-profile"))
        .ebsOptimized(true)
        .monitoring(m -> m.enabled(true))
        .instanceInitiatedShutdownBehavior("terminate")
        .disableApiStop(true)
        .placement(p -> p.availabilityZone(EbsWorld.ZONE).groupName("spread").tenancy("dedicated"))
        .metadataOptions(
            m ->
                m.httpTokens("required")
                    .httpPutResponseHopLimit(3)
                    .httpProtocolIpv6("enabled")
                    .instanceMetadataTags("enabled"))
        .cpuOptions(c -> c.coreCount(1).threadsPerCore(1))
        .maintenanceOptions(m -> m.autoRecovery("disabled"))
        .privateDnsNameOptions(
            d -> d.hostnameType("resource-name").enableResourceNameDnsARecord(true))
        .networkPerformanceOptions(n -> n.bandwidthWeighting("ebs-1"))
        .capacityReservationSpecification(c -> c.capacityReservationPreference("none"))
        .licenseSpecifications(
            LicenseConfigurationRequest.builder()
                .licenseConfigurationArn(
                    "arn:aws:license-manager:eu-central-1:111122223333:license-configuration:"
                        + "lic-0123456789abcdef0123456789abcdef")
                .build())
        .networkInterfaces(
            InstanceNetworkInterfaceSpecification.builder()
                .deviceIndex(0)
                .subnetId("subnet-0123456789abcdef0")
                .groups("sg-0123456789abcdef0", "sg-0fedcba9876543210")
                .description("orders in")
                .secondaryPrivateIpAddressCount(2)
                .ipv6AddressCount(1)
                .associatePublicIpAddress(true)
                .build())
        .tagSpecifications(
            EbsWorld.tags(
                "instance", EbsWorld.tag("Name", "orders, odd = name"), EbsWorld.tag("empty", "")),
            EbsWorld.tags("volume", EbsWorld.tag("ünïcode", "wert/ä")))
        .blockDeviceMappings(
            EbsWorld.disk(
                EbsWorld.ROOT,
                e -> e.volumeType("gp3").volumeSize(11).iops(3456).deleteOnTermination(false)),
            EbsWorld.disk(
                EbsWorld.DATA,
                e -> e.volumeType("io2").volumeSize(17).iops(4321).deleteOnTermination(true)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void everySetting_ofInstanceVolumeAndAttachment_isKept(
      String name, Consumer<RunInstancesRequest.Builder> further) {
    try (NewInstanceWorld aws =
        new NewInstanceWorld(
            directory,
            r -> {
              unusual(r);
              further.accept(r);
            })) {
      Instance original = aws.describe(aws.original);
      List<String> hidden = hidden(aws, aws.original);
      List<Volume> volumes = volumes(aws, aws.original);
      EbsOptions options = aws.losing().build();

      aws.approving(options).run(aws.plan(options)).requireComplete();

      String successor = aws.successor();
      assertThat(hidden(aws, successor)).isEqualTo(hidden);
      assertThat(withoutWhatIsNotKept(aws.describe(successor)))
          .isEqualTo(withoutWhatIsNotKept(original));
      assertThat(Network.isPublic(aws.describe(successor).networkInterfaces().get(0))).isTrue();
      assertThat(network(aws.describe(successor))).isEqualTo(network(original));
      assertThat(volumes(aws, successor).stream().map(NewInstanceSettingsTest::settingsOf))
          .isEqualTo(volumes.stream().map(NewInstanceSettingsTest::settingsOf).toList());
    }
  }

  /** What {@code DescribeInstances} does not show. */
  private static List<String> hidden(NewInstanceWorld aws, String id) {
    return Stream.of(
            InstanceAttributeName.USER_DATA,
            InstanceAttributeName.INSTANCE_INITIATED_SHUTDOWN_BEHAVIOR,
            InstanceAttributeName.DISABLE_API_STOP,
            InstanceAttributeName.DISABLE_API_TERMINATION)
        .map(
            attribute ->
                aws
                    .world
                    .ec2
                    .describeInstanceAttribute(r -> r.instanceId(id).attribute(attribute))
                    .toBuilder()
                    .instanceId(null)
                    .build()
                    .toString())
        .toList();
  }

  /** The rows of the table that say no. */
  private static Instance withoutWhatIsNotKept(Instance instance) {
    return instance.toBuilder()
        .instanceId(null)
        .imageId(null)
        .launchTime(null)
        .usageOperationUpdateTime(null)
        .clientToken(null)
        .amiLaunchIndex(null)
        .privateIpAddress(null)
        .privateDnsName(null)
        .publicIpAddress(null)
        .publicDnsName(null)
        .ipv6Address(null)
        .networkInterfaces(List.of())
        .blockDeviceMappings(List.of())
        .build();
  }

  private static String network(Instance instance) {
    InstanceNetworkInterface one = instance.networkInterfaces().get(0);
    return one.groups()
        + one.description()
        + one.subnetId()
        + one.privateIpAddresses().size()
        + one.ipv6Addresses().size()
        + one.attachment().deleteOnTermination();
  }

  private static List<Volume> volumes(NewInstanceWorld aws, String instance) {
    return aws.world.attached(instance).values().stream().map(aws.world::describe).toList();
  }

  private static String settingsOf(Volume volume) {
    return String.join(
        ", ",
        volume.attachments().get(0).device(),
        volume.attachments().get(0).deleteOnTermination().toString(),
        volume.volumeTypeAsString(),
        volume.size().toString(),
        volume.iops().toString(),
        volume.availabilityZone(),
        volume.tags().toString());
  }
}
