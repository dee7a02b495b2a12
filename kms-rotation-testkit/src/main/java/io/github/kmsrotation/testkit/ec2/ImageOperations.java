package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Registering, describing and deregistering AMIs.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html">RegisterImage</a>
 */
final class ImageOperations {

  private static final List<String> TOLD_AGAIN =
      List.of("BootMode", "TpmSupport", "ImdsSupport", "SriovNetSupport");

  private final Ec2Store store;
  private final SnapshotMaker snapshots;
  private final Listing<Image> listing =
      Listing.<Image>ofTagged()
          .by("image-id", i -> i.id)
          .by("name", i -> i.name)
          .by("state", i -> i.state)
          .by("architecture", i -> i.architecture)
          .by("owner-id", i -> i.ownerId)
          .by("is-public", i -> i.isPublic)
          .by("root-device-name", i -> i.rootDeviceName)
          .by("root-device-type", i -> i.isEbsBacked() ? "ebs" : "instance-store")
          .byMany("source-image-id", i -> i.sourceImageId.map(List::of).orElse(List.of()))
          .byMany("block-device-mapping.snapshot-id", Image::snapshotIds);

  ImageOperations(Ec2Store store, SnapshotMaker snapshots) {
    this.store = store;
    this.snapshots = snapshots;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "RegisterImage",
        Ec2Rules.write(
            this::register,
            "Name",
            "Description",
            "Architecture",
            "RootDeviceName",
            "BlockDeviceMapping",
            "VirtualizationType",
            "EnaSupport",
            "BootMode",
            "TpmSupport",
            "ImdsSupport",
            "SriovNetSupport",
            "UefiData",
            "TagSpecification"));
    operations.put(
        "DescribeImages",
        Ec2Rules.list(
            this::describe,
            "ImageId",
            "Owner",
            "ExecutableBy",
            "IncludeDeprecated",
            "IncludeDisabled"));
    operations.put(
        "DescribeImageAttribute", Ec2Rules.read(this::attribute, "ImageId", "Attribute"));
    operations.put(
        "DeregisterImage",
        Ec2Rules.write(this::deregister, "ImageId", "DeleteAssociatedSnapshots"));
  }

  private Map<String, Object> register(AwsRequest request) {
    Params params = request.params();
    String name = newName(store, request.region(), Ec2Rules.required(params, "Name"));
    String root = params.text("RootDeviceName").orElse("/dev/sda1");
    List<BlockMapping> mappings = new ArrayList<>();
    for (BlockMapping mapping : BlockMapping.read(params)) {
      mapping.ebs().ifPresent(ebs -> mappings.add(settled(request.region(), mapping)));
    }
    boolean hasRoot =
        mappings.stream().anyMatch(m -> m.device().equals(root) && m.snapshotId().isPresent());
    if (!hasRoot) {
      throw BlockMapping.invalid("No snapshot is mapped to the root device " + root + ".");
    }
    Map<String, String> tags = Tags.specified(params, Kind.IMAGE);
    Ec2Rules.endDryRun(request);
    Image image =
        new Image(
            request.region(),
            store.newId(Kind.IMAGE),
            store.now(),
            store.accountId,
            name,
            params.text("Architecture").orElse("i386"),
            root,
            List.copyOf(mappings));
    image.description = params.text("Description").orElse("");
    image.tags.putAll(tags);
    image.uefiData = params.text("UefiData");
    for (String told : TOLD_AGAIN) {
      params.text(told).ifPresent(value -> image.settings.put(Ec2Rules.lowerFirst(told), value));
    }
    store.add(image);
    return Map.of("imageId", image.id);
  }

  static String newName(Ec2Store store, String region, String name) {
    if (!name.matches("[A-Za-z0-9()\\[\\] ./'@_-]{3,128}")) {
      throw AwsError.badRequest(
          "InvalidAMIName.Malformed", "AMI names have 3 to 128 characters of certain kinds.");
    }
    for (Image image : store.all(Image.class)) {
      if (image.region.equals(region)
          && image.ownerId.equals(store.accountId)
          && image.name.equals(name)) {
        throw AwsError.badRequest(
            "InvalidAMIName.Duplicate",
            "AMI name " + name + " is already in use by AMI " + image.id);
      }
    }
    return name;
  }

  /** Says what a mapping leaves open; the encryption is that of the snapshot. */
  private BlockMapping settled(String region, BlockMapping mapping) {
    Params params = mapping.params();
    if (params.has("KmsKeyId")) {
      throw BlockMapping.invalid("KmsKeyId is not supported in the mapping of an AMI.");
    }
    Optional<Snapshot> snapshot = mapping.snapshotId().map(id -> store.snapshot(region, id));
    if (snapshot.isPresent() && params.has("Encrypted")) {
      throw BlockMapping.invalid("Encrypted cannot be set for the volume of a snapshot.");
    }
    if (snapshot.filter(s -> !s.is("completed")).isPresent()) {
      throw Ec2Rules.incorrectState("The snapshot of " + mapping.device() + " is not completed.");
    }
    VolumeSettings settings = VolumeSettings.of(params, VolumeType.GP2, snapshot);
    Map<String, Object> ebs = new LinkedHashMap<>(mapping.ebs().orElse(Map.of()));
    ebs.put("VolumeSize", settings.sizeGib());
    ebs.put("VolumeType", settings.type().wire);
    ebs.putIfAbsent("DeleteOnTermination", true);
    ebs.put(
        "Encrypted",
        snapshot
            .map(s -> s.encryption.isOn())
            .orElseGet(() -> params.truth("Encrypted").orElse(false)));
    return new BlockMapping(mapping.device(), Optional.of(ebs), false);
  }

  private Map<String, Object> describe(AwsRequest request) {
    Params params = request.params();
    List<String> ids = params.texts("ImageId");
    List<String> owners = params.texts("Owner");
    List<Image> images =
        (ids.isEmpty()
                ? store.in(request.region(), Image.class)
                : ids.stream().map(id -> store.image(request.region(), id)).toList())
            .stream().filter(image -> isOf(image, owners)).toList();
    return listing.page(request, "imagesSet", images, Image::xml);
  }

  private boolean isOf(Image image, List<String> owners) {
    return owners.isEmpty()
        || owners.contains(image.ownerId)
        || (owners.contains("self") && image.ownerId.equals(store.accountId))
        || (owners.contains("amazon") && image.ownerId.equals(PublicImages.OWNER));
  }

  private Map<String, Object> attribute(AwsRequest request) {
    Image image = own(request);
    String attribute = Ec2Rules.required(request.params(), "Attribute");
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("imageId", image.id);
    switch (attribute) {
      case "description" -> answer.put(attribute, Map.of("value", image.description));
      case "launchPermission" ->
          answer.put(attribute, Ec2Rules.items(List.copyOf(image.permissions)));
      case "productCodes" -> answer.put(attribute, Ec2Rules.items(List.of()));
      case "uefiData" ->
          image.uefiData.ifPresent(data -> answer.put(attribute, Map.of("value", data)));
      case "blockDeviceMapping" ->
          answer.put(
              attribute, Ec2Rules.items(image.mappings.stream().map(Image::mapping).toList()));
      default ->
          throw AwsError.notModelled(
              "the attribute " + attribute + " of ec2:" + request.operation());
    }
    return answer;
  }

  private Image own(AwsRequest request) {
    Image image = store.image(request.region(), Ec2Rules.required(request.params(), "ImageId"));
    if (!image.ownerId.equals(store.accountId)) {
      throw new AwsError("AuthFailure", 403, "Not authorized for image:" + image.id);
    }
    return image;
  }

  private Map<String, Object> deregister(AwsRequest request) {
    Image image = own(request);
    Ec2Rules.endDryRun(request);
    image.state = "deregistered";
    store.remove(image);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("return", true);
    if (request.params().truth("DeleteAssociatedSnapshots").orElse(false)) {
      answer.put(
          "deleteSnapshotResultSet",
          Ec2Rules.items(image.snapshotIds().stream().map(this::deleteOrSkip).toList()));
    }
    return answer;
  }

  private Map<String, String> deleteOrSkip(String snapshotId) {
    boolean isUsed = store.all(Image.class).stream().anyMatch(other -> other.uses(snapshotId));
    if (!isUsed) {
      store.all(Snapshot.class).stream()
          .filter(snapshot -> snapshot.id.equals(snapshotId))
          .findFirst()
          .ifPresent(snapshots::remove);
    }
    return Map.of("snapshotId", snapshotId, "returnCode", isUsed ? "skipped" : "success");
  }
}
