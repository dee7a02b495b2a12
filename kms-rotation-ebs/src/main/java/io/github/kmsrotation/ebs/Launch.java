package io.github.kmsrotation.ebs;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.CapacityReservationPreference;
import software.amazon.awssdk.services.ec2.model.CapacityReservationSpecification;
import software.amazon.awssdk.services.ec2.model.CapacityReservationTargetResponse;
import software.amazon.awssdk.services.ec2.model.CpuOptions;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsResponse;
import software.amazon.awssdk.services.ec2.model.LicenseConfigurationRequest;
import software.amazon.awssdk.services.ec2.model.MonitoringState;
import software.amazon.awssdk.services.ec2.model.Placement;
import software.amazon.awssdk.services.ec2.model.PrivateDnsNameOptionsResponse;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/**
 * The request that launches an instance like another. What an instance has by itself is left out,
 * since types that cannot have it any other way refuse to be told so.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>
 */
final class Launch {

  private final Blueprint blueprint;
  private final Instance like;

  Launch(Blueprint blueprint) {
    this.blueprint = blueprint;
    this.like = blueprint.instance();
  }

  /** Without the protections, which would keep a roll-back from taking the new instance away. */
  RunInstancesRequest.Builder request(
      String imageId, List<BlockDeviceMapping> disks, List<TagSpecification> tags) {
    RunInstancesRequest.Builder request =
        RunInstancesRequest.builder()
            .imageId(imageId)
            .minCount(1)
            .maxCount(1)
            .instanceType(like.instanceTypeAsString())
            .blockDeviceMappings(disks)
            .tagSpecifications(tags)
            .placement(placement())
            .networkInterfaces(Network.like(like))
            .instanceInitiatedShutdownBehavior(blueprint.shutdownBehavior())
            .ebsOptimized(like.ebsOptimized())
            .monitoring(m -> m.enabled(isMonitored(like)));
    if (like.keyName() != null) {
      request.keyName(like.keyName());
    }
    if (!blueprint.userData().isEmpty()) {
      request.userData(blueprint.userData());
    }
    if (like.iamInstanceProfile() != null) {
      request.iamInstanceProfile(p -> p.arn(like.iamInstanceProfile().arn()));
    }
    blueprint.cpuCredits().ifPresent(c -> request.creditSpecification(s -> s.cpuCredits(c)));
    if (!like.licenses().isEmpty()) {
      request.licenseSpecifications(
          like.licenses().stream()
              .map(
                  license ->
                      LicenseConfigurationRequest.builder()
                          .licenseConfigurationArn(license.licenseConfigurationArn())
                          .build())
              .toList());
    }
    addOptions(request);
    addCpuOptions(request);
    addCapacityReservation(request);
    return request;
  }

  static boolean isMonitored(Instance instance) {
    return instance.monitoring() != null
        && (instance.monitoring().state() == MonitoringState.ENABLED
            || instance.monitoring().state() == MonitoringState.PENDING);
  }

  /** A group by its name and a zone by its name: EC2 takes each in one way only. */
  private Placement placement() {
    Placement of = like.placement();
    Placement.Builder placement =
        of.toBuilder().availabilityZoneId(null).spreadDomain(null).build().toBuilder();
    if (isNamed(of.groupName())) {
      placement.groupId(null);
    } else {
      // DescribeInstances shows an empty name where there is no group.
      placement.groupName(null);
    }
    return placement.build();
  }

  private static boolean isNamed(@Nullable String name) {
    return name != null && !name.isEmpty();
  }

  private void addOptions(RunInstancesRequest.Builder request) {
    InstanceMetadataOptionsResponse metadata = like.metadataOptions();
    if (metadata != null) {
      request.metadataOptions(
          m ->
              m.httpTokens(metadata.httpTokensAsString())
                  .httpPutResponseHopLimit(metadata.httpPutResponseHopLimit())
                  .httpEndpoint(metadata.httpEndpointAsString())
                  .httpProtocolIpv6(metadata.httpProtocolIpv6AsString())
                  .instanceMetadataTags(metadata.instanceMetadataTagsAsString()));
    }
    if (like.hibernationOptions() != null
        && Boolean.TRUE.equals(like.hibernationOptions().configured())) {
      request.hibernationOptions(h -> h.configured(true));
    }
    if (like.enclaveOptions() != null && Boolean.TRUE.equals(like.enclaveOptions().enabled())) {
      request.enclaveOptions(e -> e.enabled(true));
    }
    if (like.maintenanceOptions() != null
        && like.maintenanceOptions().autoRecoveryAsString() != null) {
      request.maintenanceOptions(
          m -> m.autoRecovery(like.maintenanceOptions().autoRecoveryAsString()));
    }
    if (like.networkPerformanceOptions() != null
        && like.networkPerformanceOptions().bandwidthWeightingAsString() != null) {
      request.networkPerformanceOptions(
          n -> n.bandwidthWeighting(like.networkPerformanceOptions().bandwidthWeightingAsString()));
    }
    PrivateDnsNameOptionsResponse dns = like.privateDnsNameOptions();
    if (dns != null) {
      request.privateDnsNameOptions(
          d ->
              d.hostnameType(dns.hostnameTypeAsString())
                  .enableResourceNameDnsARecord(dns.enableResourceNameDnsARecord())
                  .enableResourceNameDnsAAAARecord(dns.enableResourceNameDnsAAAARecord()));
    }
  }

  private void addCpuOptions(RunInstancesRequest.Builder request) {
    CpuOptions cpu = like.cpuOptions();
    if (cpu == null || isUsual(cpu)) {
      return;
    }
    request.cpuOptions(
        c ->
            c.coreCount(cpu.coreCount())
                .threadsPerCore(cpu.threadsPerCore())
                .amdSevSnp(cpu.amdSevSnpAsString())
                .nestedVirtualization(cpu.nestedVirtualizationAsString()));
  }

  private boolean isUsual(CpuOptions cpu) {
    return blueprint.type().vCpuInfo() != null
        && Optional.ofNullable(blueprint.type().vCpuInfo().defaultCores())
            .filter(cores -> cores.equals(cpu.coreCount()))
            .isPresent()
        && Optional.ofNullable(blueprint.type().vCpuInfo().defaultThreadsPerCore())
            .filter(threads -> threads.equals(cpu.threadsPerCore()))
            .isPresent()
        && cpu.amdSevSnp() == null
        && cpu.nestedVirtualization() == null;
  }

  private void addCapacityReservation(RunInstancesRequest.Builder request) {
    if (like.capacityReservationSpecification() == null) {
      return;
    }
    CapacityReservationTargetResponse target =
        like.capacityReservationSpecification().capacityReservationTarget();
    CapacityReservationSpecification.Builder wanted = CapacityReservationSpecification.builder();
    CapacityReservationPreference preference =
        like.capacityReservationSpecification().capacityReservationPreference();
    if (target == null || preference == CapacityReservationPreference.CAPACITY_RESERVATIONS_ONLY) {
      // Only this one goes together with a target.
      wanted.capacityReservationPreference(
          like.capacityReservationSpecification().capacityReservationPreferenceAsString());
    }
    if (target != null) {
      wanted.capacityReservationTarget(
          t ->
              t.capacityReservationId(target.capacityReservationId())
                  .capacityReservationResourceGroupArn(
                      target.capacityReservationResourceGroupArn()));
    }
    request.capacityReservationSpecification(wanted.build());
  }
}
