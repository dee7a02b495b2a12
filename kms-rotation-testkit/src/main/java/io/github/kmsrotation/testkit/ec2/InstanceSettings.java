package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.Params;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of an instance that have no effect here but that they are told again. */
final class InstanceSettings {

  static final String VPC = "vpc-0e0b5e0b5e0b5e0b5";

  private static final List<String> STRUCTURES =
      List.of(
          "CpuOptions",
          "HibernationOptions",
          "EnclaveOptions",
          "MaintenanceOptions",
          "PrivateDnsNameOptions",
          "NetworkPerformanceOptions",
          "CapacityReservationSpecification");

  private InstanceSettings() {}

  /** The parameters of {@code RunInstances} that {@link #read} takes. */
  static List<String> parameters() {
    return List.of(
        "CpuOptions",
        "HibernationOptions",
        "EnclaveOptions",
        "MaintenanceOptions",
        "PrivateDnsNameOptions",
        "NetworkPerformanceOptions",
        "CapacityReservationSpecification",
        "LicenseSpecification",
        "KeyName",
        "SubnetId",
        "SecurityGroupId",
        "IamInstanceProfile",
        "MetadataOptions",
        "Monitoring",
        "Placement");
  }

  static Map<String, Object> read(String accountId, String zone, Params params) {
    check(params);
    Map<String, Object> settings = new LinkedHashMap<>();
    for (String name : STRUCTURES) {
      params
          .structure(name)
          .ifPresent(s -> settings.put(Ec2Rules.lowerFirst(name), Ec2Rules.mirrored(s)));
    }
    params.text("KeyName").ifPresent(name -> settings.put("keyName", name));
    Params network = PrimaryInterface.asked(params).orElse(params);
    settings.put("subnetId", network.text("SubnetId").orElse("subnet-0e0b5e0b5e0b5e0b5"));
    settings.put("vpcId", VPC);
    settings.put("groupSet", groups(network.texts("SecurityGroupId")));
    List<Map<String, Object>> licenses =
        params.structures("LicenseSpecification").stream().map(Ec2Rules::mirrored).toList();
    settings.put("licenseSet", Ec2Rules.items(licenses));
    settings.put("placement", placement(zone, params.structure("Placement")));
    settings.put("metadataOptions", metadata(params.structure("MetadataOptions")));
    boolean isMonitored =
        params.structure("Monitoring").flatMap(m -> m.truth("Enabled")).orElse(false);
    settings.put("monitoring", Map.of("state", isMonitored ? "enabled" : "disabled"));
    params
        .structure("IamInstanceProfile")
        .ifPresent(profile -> settings.put("iamInstanceProfile", profile(accountId, profile)));
    return settings;
  }

  /**
   * A preference and a target go together only if the former is {@code capacity-reservations-only}.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CapacityReservationSpecification.html">
   *     CapacityReservationSpecification</a>
   */
  private static void check(Params params) {
    params
        .structure("Placement")
        .flatMap(placement -> placement.text("GroupName"))
        .filter(String::isEmpty)
        .ifPresent(
            name -> {
              throw Ec2Rules.invalidValue("Value () for parameter groupName is invalid.");
            });
    Optional<Params> reservation = params.structure("CapacityReservationSpecification");
    boolean isContradicting =
        reservation.filter(r -> r.structure("CapacityReservationTarget").isPresent()).isPresent()
            && reservation
                .flatMap(r -> r.text("CapacityReservationPreference"))
                .filter(preference -> !preference.equals("capacity-reservations-only"))
                .isPresent();
    if (isContradicting) {
      throw Ec2Rules.invalidCombination(
          "CapacityReservationPreference and CapacityReservationTarget go together for"
              + " capacity-reservations-only alone.");
    }
  }

  static Object groups(List<String> ids) {
    List<String> given = ids.isEmpty() ? List.of("sg-0e0b5e0b5e0b5e0b5") : ids;
    return Ec2Rules.items(
        given.stream().map(id -> Map.of("groupId", id, "groupName", "name-of-" + id)).toList());
  }

  private static Map<String, Object> placement(String zone, Optional<Params> asked) {
    Map<String, Object> placement = new LinkedHashMap<>();
    placement.put("tenancy", "default");
    // As in the example of DescribeInstances, where there is no group.
    placement.put("groupName", "");
    asked.ifPresent(params -> placement.putAll(Ec2Rules.mirrored(params)));
    placement.put("availabilityZone", zone);
    placement.put("availabilityZoneId", Zones.id(zone));
    return placement;
  }

  private static Map<String, Object> metadata(Optional<Params> asked) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("httpTokens", "optional");
    options.put("httpPutResponseHopLimit", 1);
    options.put("httpEndpoint", "enabled");
    asked.ifPresent(params -> options.putAll(Ec2Rules.mirrored(params)));
    options.put("state", "applied");
    return options;
  }

  private static Map<String, String> profile(String accountId, Params profile) {
    String arn =
        profile
            .text("Arn")
            .orElseGet(
                () ->
                    "arn:aws:iam::"
                        + accountId
                        + ":instance-profile/"
                        + Ec2Rules.required(profile, "Name"));
    return Map.of("arn", arn, "id", "AIPA0EXAMPLE0EXAMPLE0");
  }
}
