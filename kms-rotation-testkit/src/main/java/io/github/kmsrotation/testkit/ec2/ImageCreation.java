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
 * AMIs of instances: snapshots of all volumes, and a mapping that makes the same volumes of them.
 * An AMI one of whose snapshots could not be made is failed.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html">CreateImage</a>
 */
final class ImageCreation {

  private static final List<Kind> TAGGABLE = List.of(Kind.IMAGE, Kind.SNAPSHOT);

  private final Ec2Store store;
  private final SnapshotMaker snapshots;

  ImageCreation(Ec2Store store, SnapshotMaker snapshots) {
    this.store = store;
    this.snapshots = snapshots;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateImage",
        Ec2Rules.write(
            this::create, "InstanceId", "Name", "Description", "NoReboot", "TagSpecification"));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    Instance instance = store.instance(request.region(), Ec2Rules.required(params, "InstanceId"));
    String name =
        ImageOperations.newName(store, request.region(), Ec2Rules.required(params, "Name"));
    check(instance, params);
    List<Volume> volumes = store.volumesOf(instance);
    volumes.forEach(snapshots::check);
    snapshots.requireRoom(request.region(), volumes.size());
    Map<String, String> imageTags = Tags.specified(params, TAGGABLE, Kind.IMAGE);
    Map<String, String> snapshotTags = Tags.specified(params, TAGGABLE, Kind.SNAPSHOT);
    Ec2Rules.endDryRun(request);
    String id = store.newId(Kind.IMAGE);
    List<Snapshot> taken = new ArrayList<>();
    List<BlockMapping> mappings = new ArrayList<>();
    for (Volume volume : volumes) {
      String description = "Created by CreateImage(" + instance.id + ") for " + id;
      Snapshot snapshot = snapshots.take("CreateImage", volume, description, snapshotTags);
      taken.add(snapshot);
      mappings.add(mapping(volume, volume.attachmentTo(instance.id).orElseThrow(), snapshot));
    }
    Image image = image(instance, id, name, mappings);
    image.description = params.text("Description").orElse("");
    image.tags.putAll(imageTags);
    store.add(image);
    store.later("CreateImage", Takes.IMAGE, () -> finish(image, taken));
    return Map.of("imageId", id);
  }

  private static void check(Instance instance, Params params) {
    if (!instance.is(InstanceState.RUNNING) && !instance.is(InstanceState.STOPPED)) {
      throw AwsError.badRequest(
          "IncorrectState", "Instance " + instance.id + " is not in state 'running' or 'stopped'.");
    }
    if (!instance.hasEbsRoot()) {
      throw Ec2Rules.invalidValue("Instance does not have a volume attached at root.");
    }
    if (instance.is(InstanceState.RUNNING) && !params.truth("NoReboot").orElse(false)) {
      throw AwsError.notModelled("the reboot of an instance by ec2:CreateImage");
    }
  }

  private static BlockMapping mapping(Volume volume, Attachment attachment, Snapshot snapshot) {
    Map<String, Object> ebs = new LinkedHashMap<>();
    ebs.put("SnapshotId", snapshot.id);
    ebs.put("Encrypted", snapshot.encryption.isOn());
    ebs.put("VolumeSize", volume.settings.sizeGib());
    ebs.put("VolumeType", volume.settings.type().wire);
    if (volume.settings.type().takesIops()) {
      volume.settings.iops().ifPresent(iops -> ebs.put("Iops", iops));
    }
    volume.settings.throughput().ifPresent(throughput -> ebs.put("Throughput", throughput));
    ebs.put("DeleteOnTermination", attachment.deleteOnTermination);
    return new BlockMapping(attachment.device, Optional.of(ebs), false);
  }

  private Image image(Instance instance, String id, String name, List<BlockMapping> mappings) {
    Image image =
        new Image(
            instance.region,
            id,
            store.now(),
            store.accountId,
            name,
            instance.image.architecture,
            instance.rootDeviceName,
            List.copyOf(mappings));
    image.state = "pending";
    image.settings.putAll(instance.image.settings);
    image.settings.put("sourceInstanceId", instance.id);
    return image;
  }

  private static void finish(Image image, List<Snapshot> taken) {
    if (!image.is("pending")) {
      return;
    }
    if (taken.stream().allMatch(snapshot -> snapshot.is("completed"))) {
      image.state = "available";
    } else {
      image.state = "failed";
      image.stateReason =
          Optional.of(
              Map.of("code", "Client.InternalError", "message", "A snapshot was not completed"));
    }
  }
}
