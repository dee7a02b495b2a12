package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Copying AMIs with their snapshots. An AMI one of whose snapshots could not be copied is failed.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html">CopyImage</a>
 */
final class ImageCopies {

  private static final Duration REGISTERING = Duration.ofMinutes(1);

  private static final List<Kind> TAGGABLE = List.of(Kind.IMAGE, Kind.SNAPSHOT);

  private final Ec2Store store;
  private final SnapshotCopies copies;

  ImageCopies(Ec2Store store, SnapshotCopies copies) {
    this.store = store;
    this.copies = copies;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CopyImage",
        Ec2Rules.write(
            this::copy,
            "Name",
            "SourceImageId",
            "SourceRegion",
            "Description",
            "ClientToken",
            "Encrypted",
            "KmsKeyId",
            "CopyImageTags",
            "TagSpecification",
            "SnapshotCopyCompletionDurationMinutes"));
  }

  private Map<String, Object> copy(AwsRequest request) {
    return store.tokens.once(request, () -> begin(request));
  }

  /** What to make, checked. */
  private record Wish(
      AwsRequest request,
      Image source,
      String name,
      Optional<Integer> minutes,
      Map<String, String> imageTags,
      Map<String, String> snapshotTags) {}

  private Supplier<Map<String, Object>> begin(AwsRequest request) {
    Wish wish = wish(request);
    Ec2Rules.endDryRun(request);
    String id = store.newId(Kind.IMAGE);
    Map<String, Snapshot> copied = copySnapshots(wish, id);
    Image image = image(wish, id, copied);
    store.add(image);
    Duration takes =
        wish.minutes().map(m -> Duration.ofMinutes(m)).orElse(Takes.COPY).plus(REGISTERING);
    store.later("CopyImage", takes, () -> finish(image, List.copyOf(copied.values())));
    return () -> Map.of("imageId", image.id);
  }

  private Wish wish(AwsRequest request) {
    Params params = request.params();
    Image source =
        store.image(
            Ec2Rules.required(params, "SourceRegion"), Ec2Rules.required(params, "SourceImageId"));
    checkSource(source);
    String name =
        ImageOperations.newName(store, request.region(), Ec2Rules.required(params, "Name"));
    Optional<Integer> minutes = params.number("SnapshotCopyCompletionDurationMinutes");
    SnapshotCopies.checkMinutes(minutes);
    copies.requireRoom(request.region(), source.snapshotIds().size());
    store.keys.ofCopy(request.region(), params, Encryption.NONE);
    return new Wish(
        request,
        source,
        name,
        minutes,
        imageTags(params, source),
        Tags.specified(params, TAGGABLE, Kind.SNAPSHOT));
  }

  private static void checkSource(Image source) {
    if (!source.is("available")) {
      throw AwsError.badRequest(
          "InvalidAMIID.Unavailable", "The AMI " + source.id + " is " + source.state);
    }
    if (!source.isEbsBacked()) {
      throw AwsError.notModelled("the copy of an AMI with an instance store root volume");
    }
  }

  private Map<String, String> imageTags(Params params, Image source) {
    Map<String, String> tags = new LinkedHashMap<>();
    if (params.truth("CopyImageTags").orElse(false) && source.ownerId.equals(store.accountId)) {
      tags.putAll(source.tags);
    }
    tags.putAll(Tags.specified(params, TAGGABLE, Kind.IMAGE));
    return tags;
  }

  /** The copies by the ids of what they are copies of. */
  private Map<String, Snapshot> copySnapshots(Wish wish, String imageId) {
    AwsRequest request = wish.request();
    Map<String, Snapshot> copied = new LinkedHashMap<>();
    for (String id : wish.source().snapshotIds()) {
      Snapshot snapshot = store.snapshot(wish.source().region, id);
      Encryption encryption =
          store.keys.ofCopy(request.region(), request.params(), snapshot.encryption);
      Snapshot copy =
          copies.begin("CopyImage", request.region(), snapshot, encryption, wish.minutes());
      copy.description =
          "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s."
              .formatted(imageId, wish.source().id, id);
      copy.tags.putAll(wish.snapshotTags());
      copied.put(id, copy);
    }
    return copied;
  }

  private Image image(Wish wish, String id, Map<String, Snapshot> copied) {
    Image source = wish.source();
    List<BlockMapping> mappings =
        source.mappings.stream()
            .map(
                mapping ->
                    mapping
                        .snapshotId()
                        .map(copied::get)
                        .map(mapping::withSnapshot)
                        .orElse(mapping))
            .toList();
    Image image =
        new Image(
            wish.request().region(),
            id,
            store.now(),
            store.accountId,
            wish.name(),
            source.architecture,
            source.rootDeviceName,
            mappings);
    image.state = "pending";
    image.description = wish.request().params().text("Description").orElse("");
    image.settings.putAll(source.settings);
    image.uefiData = source.uefiData;
    image.sourceImageId = Optional.of(source.id);
    image.sourceRegion = Optional.of(source.region);
    image.tags.putAll(wish.imageTags());
    return image;
  }

  private static void finish(Image image, List<Snapshot> copied) {
    if (!image.is("pending")) {
      return;
    }
    if (copied.stream().allMatch(snapshot -> snapshot.is("completed"))) {
      image.state = "available";
    } else {
      image.state = "failed";
      image.stateReason =
          Optional.of(
              Map.of("code", "Client.InternalError", "message", "Given key ID is not accessible"));
    }
  }
}
