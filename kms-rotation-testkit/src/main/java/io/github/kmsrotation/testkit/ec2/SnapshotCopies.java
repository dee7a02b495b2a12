package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Copying snapshots. A copy whose key, or whose source's key, cannot be used becomes {@code error}
 * some time later. A time-based copy takes all the time that it may.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html">CopySnapshot</a>
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html">Time-based
 *     copies</a>
 */
final class SnapshotCopies {

  private static final int MINUTES_STEP = 15;
  private static final int MOST_MINUTES = 2880;

  private final Ec2Store store;
  private final SnapshotMaker maker;

  SnapshotCopies(Ec2Store store, SnapshotMaker maker) {
    this.store = store;
    this.maker = maker;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CopySnapshot",
        Ec2Rules.write(
            this::copy,
            "SourceRegion",
            "SourceSnapshotId",
            "Description",
            "DestinationRegion",
            "PresignedUrl",
            "Encrypted",
            "KmsKeyId",
            "TagSpecification",
            "CompletionDurationMinutes"));
  }

  private Map<String, Object> copy(AwsRequest request) {
    Params params = request.params();
    Snapshot source =
        store.snapshot(
            Ec2Rules.required(params, "SourceRegion"),
            Ec2Rules.required(params, "SourceSnapshotId"));
    check(params, source);
    Encryption encryption = store.keys.ofCopy(request.region(), params, source.encryption);
    Optional<Integer> minutes = params.number("CompletionDurationMinutes");
    checkMinutes(minutes);
    Map<String, String> tags = Tags.specified(params, Kind.SNAPSHOT);
    requireRoom(request.region(), 1);
    Ec2Rules.endDryRun(request);
    Snapshot copy = begin("CopySnapshot", request.region(), source, encryption, minutes);
    copy.description = params.text("Description").orElse("");
    copy.tags.putAll(tags);
    return Map.of("snapshotId", copy.id, "tagSet", copy.tagSet());
  }

  private static void check(Params params, Snapshot source) {
    if (!source.is("completed")) {
      throw Ec2Rules.incorrectState(
          "The snapshot " + source.id + " is " + source.status + ", not completed.");
    }
    if (params.has("Encrypted") && !params.truth("Encrypted").orElse(true)) {
      throw Ec2Rules.invalidValue("Encrypted cannot be set to false for a copy.");
    }
    if (source.encryption.isOn() && !params.has("PresignedUrl")) {
      throw AwsError.badRequest(
          "MissingParameter",
          "PresignedUrl must be specified for a copy of an encrypted snapshot.");
    }
  }

  static void checkMinutes(Optional<Integer> minutes) {
    boolean isWrong =
        minutes
            .filter(m -> m < MINUTES_STEP || m > MOST_MINUTES || m % MINUTES_STEP != 0)
            .isPresent();
    if (isWrong) {
      throw Ec2Rules.invalidValue(
          "CompletionDurationMinutes is 15 to 2880 in steps of 15, was " + minutes.get());
    }
  }

  void requireRoom(String region, int more) {
    maker.requireRoom(region, more);
    long pending =
        store.all(Snapshot.class).stream()
            .filter(s -> s.region.equals(region) && s.isCopy && s.is("pending"))
            .count();
    if (pending + more > store.limit(Ec2Quota.PENDING_COPIES)) {
      throw AwsError.badRequest(
          "ResourceLimitExceeded",
          "Too many snapshot copies in progress. The limit is "
              + store.limit(Ec2Quota.PENDING_COPIES)
              + " for this destination region.");
    }
  }

  /** Copies for an operation; everything was checked. */
  Snapshot begin(
      String operation,
      String region,
      Snapshot source,
      Encryption encryption,
      Optional<Integer> minutes) {
    Snapshot copy =
        new Snapshot(
            region,
            store.newId(Kind.SNAPSHOT),
            store.now(),
            store.accountId,
            "vol-ffffffff",
            source.sizeGib,
            encryption,
            store.newData());
    copy.isCopy = true;
    copy.completionMinutes = minutes;
    copy.data.copyFrom(source.data);
    copy.productCodes.addAll(source.productCodes);
    store.add(copy);
    Duration takes = minutes.map(m -> Duration.ofMinutes(m)).orElse(Takes.COPY);
    store.later(operation, takes, () -> failIfUnusable(source, copy));
    maker.completeAfter(operation, copy, takes);
    return copy;
  }

  private void failIfUnusable(Snapshot source, Snapshot copy) {
    boolean isUsable =
        store.keys.canOpen(source.region, source.encryption)
            && store.keys.canSeal(copy.region, copy.encryption);
    if (!isUsable) {
      copy.status = "error";
      copy.statusMessage = Optional.of("Given key ID is not accessible");
    }
  }
}
