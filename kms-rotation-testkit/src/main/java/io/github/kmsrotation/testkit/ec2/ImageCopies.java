package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.ArrayList;
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

  private Supplier<Map<String, Object>> begin(AwsRequest request) {
    Params params = request.params();
    Image source =
        store.image(
            Ec2Rules.required(params, "SourceRegion"), Ec2Rules.required(params, "SourceImageId"));
    if (!source.is("available")) {
      throw AwsError.badRequest(
          "InvalidAMIID.Unavailable", "The AMI " + source.id + " is " + source.state);
    }
    if (!source.isEbsBacked()) {
      throw AwsError.notModelled("the copy of an AMI with an instance store root volume");
    }
    String name =
        ImageOperations.newName(store, request.region(), Ec2Rules.required(params, "Name"));
    Optional<Integer> minutes = params.number("SnapshotCopyCompletionDurationMinutes");
    SnapshotCopies.checkMinutes(minutes);
    List<Kind> taggable = List.of(Kind.IMAGE, Kind.SNAPSHOT);
    Map<String, String> imageTags = new LinkedHashMap<>();
    if (params.truth("CopyImageTags").orElse(false) && source.ownerId.equals(store.accountId)) {
      imageTags.putAll(source.tags);
    }
    imageTags.putAll(Tags.specified(params, taggable, Kind.IMAGE));
    Map<String, String> snapshotTags = Tags.specified(params, taggable, Kind.SNAPSHOT);
    copies.requireRoom(request.region());
    store.keys.ofCopy(request.region(), params, Encryption.NONE);
    Ec2Rules.endDryRun(request);

    String id = store.newId(Kind.IMAGE);
    List<Snapshot> copied = new ArrayList<>();
    List<BlockMapping> mappings = new ArrayList<>();
    for (BlockMapping mapping : source.mappings) {
      mappings.add(copied(request, source, id, mapping, minutes, copied));
    }
    copied.forEach(snapshot -> snapshot.tags.putAll(snapshotTags));
    Image image =
        new Image(
            request.region(),
            id,
            store.now(),
            store.accountId,
            name,
            source.architecture,
            source.rootDeviceName,
            List.copyOf(mappings));
    image.state = "pending";
    image.description = params.text("Description").orElse("");
    image.settings.putAll(source.settings);
    image.sourceImageId = Optional.of(source.id);
    image.sourceRegion = Optional.of(source.region);
    image.tags.putAll(imageTags);
    store.add(image);
    Duration takes = minutes.map(m -> Duration.ofMinutes(m)).orElse(Takes.COPY).plus(REGISTERING);
    store.later("CopyImage", takes, () -> finish(image, copied));
    return () -> Map.of("imageId", image.id);
  }

  private BlockMapping copied(
      AwsRequest request,
      Image source,
      String id,
      BlockMapping mapping,
      Optional<Integer> minutes,
      List<Snapshot> copied) {
    if (mapping.snapshotId().isEmpty()) {
      return mapping;
    }
    Snapshot snapshot = store.snapshot(source.region, mapping.snapshotId().orElseThrow());
    Snapshot copy =
        copies.begin(
            "CopyImage",
            request.region(),
            snapshot,
            store.keys.ofCopy(request.region(), request.params(), snapshot.encryption),
            minutes);
    copy.description =
        "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s."
            .formatted(id, source.id, snapshot.id);
    copied.add(copy);
    Map<String, Object> ebs = new LinkedHashMap<>(mapping.ebs().orElse(Map.of()));
    ebs.put("SnapshotId", copy.id);
    ebs.put("Encrypted", copy.encryption.isOn());
    return new BlockMapping(mapping.device(), Optional.of(ebs), false);
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
