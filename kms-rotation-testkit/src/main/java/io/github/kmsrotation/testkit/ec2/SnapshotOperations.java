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
 * Creating, describing and deleting snapshots.
 *
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshots.html">Amazon EBS
 *     snapshots</a>
 */
final class SnapshotOperations {

  private final Ec2Store store;
  private final SnapshotMaker maker;
  private final Listing<Snapshot> listing;

  SnapshotOperations(Ec2Store store, SnapshotMaker maker) {
    this.store = store;
    this.maker = maker;
    this.listing =
        Listing.<Snapshot>ofTagged()
            .by("snapshot-id", s -> s.id)
            .by("volume-id", s -> s.volumeId)
            .by("volume-size", s -> s.sizeGib)
            .by("status", s -> s.status)
            .by("encrypted", s -> s.encryption.isOn())
            .by("description", s -> s.description)
            .by("owner-id", s -> s.ownerId)
            .by("start-time", s -> s.createdAt)
            .by("storage-tier", s -> "standard")
            .by("progress", s -> s.progress(store.now()));
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateSnapshot",
        Ec2Rules.write(this::create, "VolumeId", "Description", "TagSpecification"));
    operations.put(
        "CreateSnapshots",
        Ec2Rules.write(
            this::createOfInstance,
            "InstanceSpecification",
            "Description",
            "TagSpecification",
            "CopyTagsFromSource"));
    operations.put(
        "DescribeSnapshots", Ec2Rules.list(this::describe, "SnapshotId", "Owner", "RestorableBy"));
    operations.put("DeleteSnapshot", Ec2Rules.write(this::delete, "SnapshotId"));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    Volume volume = store.volume(request.region(), Ec2Rules.required(params, "VolumeId"));
    Map<String, String> tags = Tags.specified(params, Kind.SNAPSHOT);
    maker.check(volume);
    maker.requireRoom(request.region(), 1);
    Ec2Rules.endDryRun(request);
    Snapshot snapshot =
        maker.take("CreateSnapshot", volume, params.text("Description").orElse(""), tags);
    return told(snapshot);
  }

  /** What is told of a snapshot as it is made: some things only {@code DescribeSnapshots} tells. */
  private Map<String, Object> told(Snapshot snapshot) {
    Map<String, Object> xml = snapshot.xml(store.now());
    xml.remove("dataEncryptionKeyId");
    xml.remove("statusMessage");
    return xml;
  }

  private Map<String, Object> createOfInstance(AwsRequest request) {
    Params params = request.params();
    Params specification =
        params
            .structure("InstanceSpecification")
            .orElseThrow(
                () ->
                    AwsError.badRequest(
                        "MissingParameter",
                        "The request must contain the parameter InstanceSpecification"));
    Instance instance =
        store.instance(request.region(), Ec2Rules.required(specification, "InstanceId"));
    List<Volume> volumes = volumes(instance, specification);
    Map<String, String> tags = Tags.specified(params, Kind.SNAPSHOT);
    boolean copiesTags = copiesTags(params);
    for (Volume volume : volumes) {
      maker.check(volume);
      Tags.checkCount(tags(volume, copiesTags, tags));
    }
    maker.requireRoom(request.region(), volumes.size());
    Ec2Rules.endDryRun(request);
    List<Map<String, Object>> taken = new ArrayList<>();
    for (Volume volume : volumes) {
      Snapshot snapshot =
          maker.take(
              "CreateSnapshots",
              volume,
              params.text("Description").orElse(""),
              tags(volume, copiesTags, tags));
      taken.add(info(snapshot));
    }
    return Map.of("snapshotSet", Ec2Rules.items(taken));
  }

  private static boolean copiesTags(Params params) {
    Optional<String> from = params.text("CopyTagsFromSource");
    if (from.isPresent() && !from.get().equals("volume")) {
      throw Ec2Rules.invalidValue("CopyTagsFromSource is volume, was " + from.get());
    }
    return from.isPresent();
  }

  private static Map<String, String> tags(
      Volume volume, boolean copies, Map<String, String> specified) {
    Map<String, String> tags = new LinkedHashMap<>();
    if (copies) {
      tags.putAll(volume.tags);
      tags.keySet().removeIf(key -> key.startsWith("aws:"));
    }
    tags.putAll(specified);
    return tags;
  }

  private List<Volume> volumes(Instance instance, Params specification) {
    boolean withoutRoot = specification.truth("ExcludeBootVolume").orElse(false);
    List<String> excluded = specification.texts("ExcludeDataVolumeId");
    List<Volume> volumes = new ArrayList<>();
    for (Volume volume : store.volumesOf(instance)) {
      boolean isRoot =
          volume.attachmentTo(instance.id).stream()
              .anyMatch(a -> a.device.equals(instance.rootDeviceName));
      if (isRoot && excluded.contains(volume.id)) {
        throw Ec2Rules.invalidValue(
            volume.id + " is the root volume; use ExcludeBootVolume to leave it out.");
      }
      if (!(isRoot && withoutRoot) && !excluded.contains(volume.id)) {
        volumes.add(volume);
      }
    }
    if (volumes.isEmpty()) {
      throw Ec2Rules.invalidValue("There is no volume of " + instance.id + " to be snapshotted.");
    }
    return volumes;
  }

  /** {@code SnapshotInfo} calls the state otherwise, and tells less. */
  private Map<String, Object> info(Snapshot snapshot) {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("snapshotId", snapshot.id);
    xml.put("volumeId", snapshot.volumeId);
    xml.put("state", snapshot.status);
    xml.put("startTime", snapshot.createdAt.toString());
    xml.put("progress", snapshot.progress(store.now()));
    xml.put("ownerId", snapshot.ownerId);
    xml.put("volumeSize", snapshot.sizeGib);
    xml.put("description", snapshot.description);
    xml.put("encrypted", snapshot.encryption.isOn());
    xml.put("tagSet", snapshot.tagSet());
    return xml;
  }

  private Map<String, Object> describe(AwsRequest request) {
    Params params = request.params();
    List<String> ids = params.texts("SnapshotId");
    List<String> owners = owners(params.texts("Owner"));
    List<String> restorers = owners(params.texts("RestorableBy"));
    List<Snapshot> snapshots =
        (ids.isEmpty()
                ? store.in(request.region(), Snapshot.class)
                : ids.stream().map(id -> store.snapshot(request.region(), id)).toList())
            .stream()
                .filter(s -> owners.isEmpty() || owners.contains(s.ownerId))
                .filter(s -> restorers.isEmpty() || restorers.contains(store.accountId))
                .toList();
    return listing.page(request, "snapshotSet", snapshots, s -> s.xml(store.now()));
  }

  private List<String> owners(List<String> names) {
    return names.stream()
        .map(
            name ->
                switch (name) {
                  case "self" -> store.accountId;
                  case "amazon" -> PublicImages.OWNER;
                  default -> name;
                })
        .toList();
  }

  private Map<String, Object> delete(AwsRequest request) {
    Snapshot snapshot =
        store.snapshot(request.region(), Ec2Rules.required(request.params(), "SnapshotId"));
    if (!snapshot.ownerId.equals(store.accountId)) {
      throw new AwsError(
          "UnauthorizedOperation", 403, "The snapshot " + snapshot.id + " is not yours.");
    }
    for (Image image : store.all(Image.class)) {
      if (image.uses(snapshot.id)) {
        throw AwsError.badRequest(
            "InvalidSnapshot.InUse",
            "The snapshot " + snapshot.id + " is currently in use by " + image.id);
      }
    }
    Ec2Rules.endDryRun(request);
    if (snapshot.is("pending")) {
      snapshot.isDoomed = true;
    } else {
      maker.remove(snapshot);
    }
    return Map.of("return", true);
  }
}
