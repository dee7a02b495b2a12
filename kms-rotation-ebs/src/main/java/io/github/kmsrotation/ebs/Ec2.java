package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.RunId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeFastSnapshotRestoreSuccessItem;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStatus;
import software.amazon.awssdk.services.ec2.model.ReplaceRootVolumeTask;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * What steps look at in EC2. Always by filters: EC2 answers a filter that nothing matches with
 * nothing, and a call that names an id that is not there with an error.
 */
final class Ec2 {

  /**
   * How many values a filter takes.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html">Filters</a>
   */
  static final int MOST_FILTER_VALUES = 200;

  private static final String RUN_TAG = "tag:" + RunId.TAG_KEY;

  private final Ec2Client client;

  Ec2(Ec2Client client) {
    this.client = client;
  }

  Ec2Client client() {
    return client;
  }

  Optional<Volume> volume(AwsReader reader, String id) {
    return volumes(reader, filter("volume-id", List.of(id))).stream().findFirst();
  }

  /** Several in one call, by their ids; those that are not there are left out. */
  Map<String, Volume> volumes(AwsReader reader, Collection<String> ids) {
    Map<String, Volume> found = new HashMap<>();
    List<String> all = List.copyOf(ids);
    for (int from = 0; from < all.size(); from += MOST_FILTER_VALUES) {
      List<String> some = all.subList(from, Math.min(all.size(), from + MOST_FILTER_VALUES));
      volumes(reader, filter("volume-id", some)).forEach(v -> found.put(v.volumeId(), v));
    }
    return found;
  }

  List<Volume> volumesOf(AwsReader reader, String instanceId) {
    return volumes(reader, filter("attachment.instance-id", List.of(instanceId)));
  }

  List<Volume> volumesMadeBy(AwsReader reader, RunId run) {
    return volumes(reader, filter(RUN_TAG, List.of(run.value())));
  }

  /** New volumes of any run. */
  List<Volume> volumesMadeByRuns(AwsReader reader) {
    return volumes(reader, filter("tag-key", List.of(RunId.TAG_KEY)));
  }

  List<Volume> volumes(AwsReader reader, Filter filter) {
    return reader.read(
        "ec2:DescribeVolumes",
        () -> client.describeVolumesPaginator(r -> r.filters(filter)).volumes().stream().toList());
  }

  Optional<Reservation> reservation(AwsReader reader, String instanceId) {
    Filter filter = filter("instance-id", List.of(instanceId));
    return reader
        .read(
            "ec2:DescribeInstances",
            () -> client.describeInstances(r -> r.filters(filter)).reservations())
        .stream()
        .filter(reservation -> !reservation.instances().isEmpty())
        .findFirst();
  }

  Optional<Instance> instance(AwsReader reader, String instanceId) {
    return reservation(reader, instanceId).map(found -> found.instances().get(0));
  }

  List<Instance> instancesOfImage(AwsReader reader, String imageId) {
    Filter filter = filter("image-id", List.of(imageId));
    return reader.read(
        "ec2:DescribeInstances",
        () ->
            client.describeInstancesPaginator(r -> r.filters(filter)).reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .toList());
  }

  /**
   * Told by the tag and the client token: who launches another like it takes over its tags. Such an
   * instance is not the run's.
   */
  List<Instance> instancesMadeBy(AwsReader reader, RunId run) {
    Filter filter = filter(RUN_TAG, List.of(run.value()));
    return reader.read(
        "ec2:DescribeInstances",
        () ->
            client.describeInstancesPaginator(r -> r.filters(filter)).reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .filter(instance -> LaunchStep.isOf(run, instance))
                .toList());
  }

  /** By its name, too, which is one image's alone: somebody may have copied it with its tags. */
  Optional<Image> imageMadeBy(AwsReader reader, RunId run) {
    Filter filter = filter(RUN_TAG, List.of(run.value()));
    return reader
        .read(
            "ec2:DescribeImages",
            () -> client.describeImages(r -> r.owners("self").filters(filter)).images())
        .stream()
        .filter(image -> ImageStep.name(run).equals(image.name()))
        .findFirst();
  }

  Optional<InstanceStatus> status(AwsReader reader, String instanceId) {
    return reader
        .read(
            "ec2:DescribeInstanceStatus",
            () -> client.describeInstanceStatus(r -> r.instanceIds(instanceId)).instanceStatuses())
        .stream()
        .findFirst();
  }

  /** A run's tasks for an instance, the oldest first. */
  List<ReplaceRootVolumeTask> rootTasks(AwsReader reader, String instanceId, RunId run) {
    Filter filter = filter("instance-id", List.of(instanceId));
    return reader
        .read(
            "ec2:DescribeReplaceRootVolumeTasks",
            () ->
                client
                    .describeReplaceRootVolumeTasksPaginator(r -> r.filters(filter))
                    .replaceRootVolumeTasks()
                    .stream()
                    .toList())
        .stream()
        .filter(task -> RunTag.isOf(run, task.tags()))
        .sorted(Comparator.comparing(ReplaceRootVolumeTask::startTime))
        .toList();
  }

  List<DescribeFastSnapshotRestoreSuccessItem> fastRestores(
      AwsReader reader, Collection<String> snapshotIds, String zone) {
    Filter bySnapshot = filter("snapshot-id", snapshotIds);
    Filter byZone = filter("availability-zone", List.of(zone));
    return reader.read(
        "ec2:DescribeFastSnapshotRestores",
        () ->
            client
                .describeFastSnapshotRestoresPaginator(r -> r.filters(bySnapshot, byZone))
                .fastSnapshotRestores()
                .stream()
                .toList());
  }

  Optional<Snapshot> snapshot(AwsReader reader, String id) {
    return snapshots(reader, filter("snapshot-id", List.of(id))).stream().findFirst();
  }

  List<Snapshot> snapshotsMadeBy(AwsReader reader, RunId run) {
    return snapshots(reader, filter(RUN_TAG, List.of(run.value())));
  }

  /** Snapshots of any run. */
  List<Snapshot> snapshotsMadeByRuns(AwsReader reader) {
    return snapshots(reader, filter("tag-key", List.of(RunId.TAG_KEY)));
  }

  /** Copies of a snapshot, or of an AMI's snapshots, that a run made which is not over. */
  List<Snapshot> copiesOf(AwsReader reader, String id) {
    return snapshots(reader, filter("tag:" + RunTag.COPY_KEY, List.of(id)));
  }

  Optional<Image> image(AwsReader reader, String id) {
    return images(reader, filter("image-id", List.of(id))).stream().findFirst();
  }

  /** The account's AMIs that name a snapshot. */
  List<Image> imagesOf(AwsReader reader, String snapshotId) {
    return images(reader, filter("block-device-mapping.snapshot-id", List.of(snapshotId)));
  }

  List<Image> imagesMadeBy(AwsReader reader, RunId run) {
    return images(reader, filter(RUN_TAG, List.of(run.value())));
  }

  private List<Image> images(AwsReader reader, Filter filter) {
    return reader.read(
        "ec2:DescribeImages",
        () ->
            client
                .describeImagesPaginator(
                    r ->
                        r.owners("self")
                            .includeDeprecated(true)
                            .includeDisabled(true)
                            .filters(filter))
                .images()
                .stream()
                .toList());
  }

  /** Snapshots that carry a tag of that key, whatever its value. */
  List<Snapshot> taggedSnapshotsOf(AwsReader reader, Collection<String> volumeIds, String tagKey) {
    return snapshots(reader, filter("volume-id", volumeIds), filter("tag-key", List.of(tagKey)));
  }

  List<Snapshot> pendingSnapshotsOf(AwsReader reader, Collection<String> volumeIds) {
    return snapshots(reader, filter("volume-id", volumeIds), filter("status", List.of("pending")));
  }

  /** A copy has no volume of its own, so that EC2 names one that there is not. */
  List<Snapshot> pendingCopies(AwsReader reader) {
    return pendingSnapshotsOf(reader, List.of("vol-ffffffff"));
  }

  /** What was kept when a run was rolled back. */
  List<Snapshot> undoneSnapshotsOf(AwsReader reader, RunId run) {
    return snapshots(reader, filter("tag:" + RunTag.UNDONE_KEY, List.of(run.value())));
  }

  private List<Snapshot> snapshots(AwsReader reader, Filter... filters) {
    return reader.read(
        "ec2:DescribeSnapshots",
        () ->
            client
                .describeSnapshotsPaginator(r -> r.ownerIds("self").filters(filters))
                .snapshots()
                .stream()
                .toList());
  }

  /** The account's default key for EBS encryption: an ARN, or the alias of the AWS managed key. */
  String defaultKey(AwsReader reader) {
    return reader.read(
        "ec2:GetEbsDefaultKmsKeyId", () -> client.getEbsDefaultKmsKeyId(r -> {}).kmsKeyId());
  }

  static Filter filter(String name, Collection<String> values) {
    return Filter.builder().name(name).values(values).build();
  }
}
