package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.Volume.Initialization;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How volumes are: checks, initialization, and two attributes.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumeStatus.html">
 *     DescribeVolumeStatus</a>
 */
final class VolumeStatusOperations {

  private final Ec2Store store;
  private final Listing<Volume> listing =
      Listing.<Volume>of()
          .by("availability-zone", v -> v.zone)
          .by("volume-status.status", VolumeStatusOperations::status);

  VolumeStatusOperations(Ec2Store store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "DescribeVolumeStatus",
        Ec2Rules.list(this::describe, "VolumeId", "IncludeManagedResources"));
    operations.put(
        "DescribeVolumeAttribute", Ec2Rules.read(this::attribute, "VolumeId", "Attribute"));
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<String> ids = request.params().texts("VolumeId");
    List<Volume> volumes =
        ids.isEmpty()
            ? store.in(request.region(), Volume.class)
            : ids.stream().map(id -> store.volume(request.region(), id)).toList();
    return listing.page(request, "volumeStatusSet", volumes, this::xml);
  }

  private static String status(Volume volume) {
    return switch (volume.status) {
      case "creating" -> "insufficient-data";
      case "error" -> "impaired";
      default -> "ok";
    };
  }

  private Map<String, Object> xml(Volume volume) {
    String status = status(volume);
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("volumeId", volume.id);
    xml.put("availabilityZone", volume.zone);
    xml.put("availabilityZoneId", Zones.id(volume.zone));
    xml.put("actionsSet", Ec2Rules.items(List.of()));
    xml.put("eventsSet", Ec2Rules.items(List.of()));
    Map<String, String> enabled =
        Map.of("name", "io-enabled", "status", status.equals("ok") ? "passed" : "failed");
    xml.put("volumeStatus", Map.of("status", status, "details", Ec2Rules.items(List.of(enabled))));
    volume.initialization.ifPresent(
        initialization -> xml.put("initializationStatusDetails", told(volume, initialization)));
    xml.put("operator", volume.operator());
    return xml;
  }

  private Map<String, Object> told(Volume volume, Initialization initialization) {
    Instant now = store.now();
    Duration all = Duration.between(initialization.begins(), initialization.ends());
    Duration done = Duration.between(initialization.begins(), now);
    boolean isOver = !now.isBefore(initialization.ends());
    long percent = isOver ? 100 : Math.max(0, done.toMillis() * 100 / Math.max(1, all.toMillis()));
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("initializationType", initialization.type());
    told.put("progress", percent);
    if (volume.initializationRate.isPresent()) {
      told.put("estimatedTimeToCompleteInSeconds", isOver ? 0 : all.minus(done).toSeconds());
    }
    return told;
  }

  private Map<String, Object> attribute(AwsRequest request) {
    Volume volume = store.volume(request.region(), Ec2Rules.required(request.params(), "VolumeId"));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("volumeId", volume.id);
    String attribute = Ec2Rules.required(request.params(), "Attribute");
    switch (attribute) {
      case "productCodes" -> answer.put("productCodes", volume.productCodeSet());
      case "autoEnableIO" -> answer.put("autoEnableIO", Map.of("value", volume.autoEnableIo));
      default ->
          throw Ec2Rules.invalidValue(
              "Value (" + attribute + ") for parameter attribute is invalid.");
    }
    return answer;
  }
}
