package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.VolumeMaker.Wish;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Replacing root volumes of running instances: by the launch state, by a snapshot of the same root
 * volume, by an AMI, or by a volume.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateReplaceRootVolumeTask.html">
 *     CreateReplaceRootVolumeTask</a>
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/replace-root.html">Replace the
 *     root volume</a>
 */
final class RootTaskOperations {

  private final Ec2Store store;
  private final VolumeMaker maker;
  private final Listing<RootTask> listing =
      Listing.<RootTask>ofTagged().by("instance-id", task -> task.instance.id);

  RootTaskOperations(Ec2Store store, VolumeMaker maker) {
    this.store = store;
    this.maker = maker;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateReplaceRootVolumeTask",
        Ec2Rules.write(
            this::create,
            "InstanceId",
            "SnapshotId",
            "ImageId",
            "VolumeId",
            "ClientToken",
            "TagSpecification",
            "DeleteReplacedRootVolume",
            "VolumeInitializationRate"));
    operations.put(
        "DescribeReplaceRootVolumeTasks", Ec2Rules.list(this::describe, "ReplaceRootVolumeTaskId"));
  }

  private Map<String, Object> create(AwsRequest request) {
    return store.tokens.once(request, () -> begin(request));
  }

  private Supplier<Map<String, Object>> begin(AwsRequest request) {
    Params params = request.params();
    Instance instance = store.instance(request.region(), Ec2Rules.required(params, "InstanceId"));
    Ec2Rules.requireNotManaged(instance);
    checkInstance(instance);
    if (List.of("SnapshotId", "ImageId", "VolumeId").stream().filter(params::has).count() > 1) {
      throw Ec2Rules.invalidCombination(
          "Only one of SnapshotId, ImageId and VolumeId can be specified.");
    }
    Volume root = root(instance);
    Map<String, String> tags = Tags.specified(params, Kind.ROOT_TASK);
    Supplier<Volume> replacement =
        params.has("VolumeId") ? given(params, root) : made(params, instance, root);
    Ec2Rules.endDryRun(request);
    RootTask task =
        new RootTask(
            instance,
            store.newId(Kind.ROOT_TASK),
            store.now(),
            params.truth("DeleteReplacedRootVolume").orElse(false));
    task.tags.putAll(tags);
    task.snapshotId = params.text("SnapshotId");
    task.imageId = params.text("ImageId");
    store.add(task);
    Volume volume = replacement.get();
    store.later(
        "CreateReplaceRootVolumeTask",
        Takes.VOLUME.plus(Takes.ATTACH),
        () -> swap(task, root, volume));
    return () -> Map.of("replaceRootVolumeTask", task.xml());
  }

  private void checkInstance(Instance instance) {
    if (!instance.is(InstanceState.RUNNING)) {
      throw AwsError.badRequest(
          "IncorrectInstanceState", "The instance '" + instance.id + "' is not 'running'.");
    }
    if (!instance.hasEbsRoot()) {
      throw AwsError.badRequest(
          "UnsupportedOperation", "The root device of " + instance.id + " is no EBS volume.");
    }
    boolean isBusy =
        store.all(RootTask.class).stream()
            .anyMatch(task -> task.instance == instance && !task.isOver());
    if (isBusy) {
      throw Ec2Rules.incorrectState("The root volume of " + instance.id + " is being replaced.");
    }
  }

  private Volume root(Instance instance) {
    return store.volumesOf(instance).stream()
        .filter(
            v ->
                v.attachmentTo(instance.id)
                    .filter(a -> a.device.equals(instance.rootDeviceName))
                    .isPresent())
        .findFirst()
        .orElseThrow(
            () -> Ec2Rules.incorrectState("The instance " + instance.id + " has no root volume."));
  }

  /** A volume of the caller's. */
  private Supplier<Volume> given(Params params, Volume root) {
    Volume volume = store.volume(root.region, Ec2Rules.required(params, "VolumeId"));
    if (!volume.is("available")) {
      throw Ec2Rules.incorrectState("Volume '" + volume.id + "' is not 'available'.");
    }
    if (!volume.zone.equals(root.zone)) {
      throw AwsError.badRequest(
          "InvalidVolume.ZoneMismatch",
          "The volume '" + volume.id + "' is not in the same availability zone as the instance");
    }
    if (root.encryption.isOn() && !volume.encryption.isOn()) {
      throw Ec2Rules.invalidValue(
          "The root volume is encrypted, so " + volume.id + " must be encrypted.");
    }
    return () -> volume;
  }

  /** A new volume of the root volume's kind, under the snapshot's key or the default one. */
  private Supplier<Volume> made(Params params, Instance instance, Volume root) {
    Optional<Snapshot> snapshot = snapshot(params, instance, root);
    VolumeSettings settings =
        snapshot
            .filter(s -> s.sizeGib > root.settings.sizeGib())
            .map(
                s ->
                    VolumeSettings.checked(
                        root.settings.type(),
                        s.sizeGib,
                        root.settings.type().takesIops() ? root.settings.iops() : Optional.empty(),
                        root.settings.throughput(),
                        false))
            .orElse(root.settings);
    Wish wish =
        new Wish(
            root.region,
            root.zone,
            settings,
            encryption(root, snapshot),
            snapshot,
            VolumeMaker.rate(params, snapshot),
            Map.of());
    maker.requireRoom(List.of(wish));
    return () -> maker.make("CreateReplaceRootVolumeTask", wish);
  }

  /** That what replaces an encrypted volume is never unencrypted is the stricter reading. */
  private Encryption encryption(Volume root, Optional<Snapshot> snapshot) {
    Encryption encryption =
        store.keys.ofVolume(root.region, new Params(Map.of(), ""), snapshot.map(s -> s.encryption));
    return encryption.isOn() || !root.encryption.isOn()
        ? encryption
        : Encryption.under(root.encryption.key().orElseThrow());
  }

  private Optional<Snapshot> snapshot(Params params, Instance instance, Volume root) {
    if (params.has("ImageId")) {
      Image image = store.image(root.region, Ec2Rules.required(params, "ImageId"));
      if (!image.is("available") || !image.isEbsBacked()) {
        throw AwsError.badRequest(
            "InvalidAMIID.Unavailable", "The AMI " + image.id + " is not available.");
      }
      return image.rootSnapshotId().map(id -> store.snapshot(root.region, id));
    }
    if (params.has("SnapshotId")) {
      Snapshot snapshot = store.snapshot(root.region, Ec2Rules.required(params, "SnapshotId"));
      if (!snapshot.is("completed")) {
        throw Ec2Rules.incorrectState("Snapshot is in invalid state - " + snapshot.status);
      }
      if (snapshot.isCopy || !instance.rootVolumeIds.contains(snapshot.volumeId)) {
        throw Ec2Rules.invalidValue(
            "The snapshot "
                + snapshot.id
                + " was not created from a root volume of "
                + instance.id);
      }
      return Optional.of(snapshot);
    }
    return instance.image.rootSnapshotId().map(id -> store.snapshot(root.region, id));
  }

  private void swap(RootTask task, Volume root, Volume replacement) {
    boolean isUsable =
        replacement.is("available")
            && store.keys.canOpen(replacement.region, replacement.encryption);
    if (!isUsable || !task.instance.is(InstanceState.RUNNING)) {
      task.end("failed", store.now());
      return;
    }
    task.state = "in-progress";
    task.instance.rootVolumeIds.add(replacement.id);
    Attachment before = root.attachmentTo(task.instance.id).orElseThrow();
    if (replacement.failsRootTask) {
      replacement.failsRootTask = false;
      store.detached(root, before);
      task.end("failed-detached", store.now());
      return;
    }
    Attachment after =
        new Attachment(
            replacement.id,
            task.instance.id,
            before.device,
            before.deleteOnTermination,
            store.now());
    before.status = "detaching";
    replacement.attachments.add(after);
    replacement.status = "in-use";
    store.later(
        "CreateReplaceRootVolumeTask",
        Takes.REPLACE_ROOT,
        () -> finish(task, root, before, replacement, after));
  }

  private void finish(
      RootTask task, Volume root, Attachment before, Volume replacement, Attachment after) {
    store.detached(root, before);
    store.attached(replacement, after);
    if (task.deletesReplaced) {
      maker.discard(root);
    }
    task.end("succeeded", store.now());
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<String> ids = request.params().texts("ReplaceRootVolumeTaskId");
    List<RootTask> tasks =
        ids.isEmpty()
            ? store.in(request.region(), RootTask.class)
            : ids.stream()
                .map(id -> (RootTask) store.find(Kind.ROOT_TASK, request.region(), id))
                .toList();
    return listing.page(request, "replaceRootVolumeTaskSet", tasks, RootTask::xml);
  }
}
