package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * {@code RestoreObject}: a copy that can be read for some days, after the hours that AWS gives as
 * the most for each tier.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html">Archive
 *     retrieval options</a>
 */
final class RestoreOperation {

  private static final int MOST_XML = 64 * 1024;

  private final S3State state;

  RestoreOperation(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write("RestoreObject", this::restore, "restore versionId");
  }

  private RestAnswer restore(S3Request request) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Integrity.of(request).read(body, MOST_XML);
    Xml wish = Xml.parse(body.toByteArray(), "RestoreRequest");
    if (wish.child("Type").isPresent() || wish.child("OutputLocation").isPresent()) {
      throw AwsError.notModelled("a restore request of a SELECT");
    }
    wish.allow("Days", "GlacierJobParameters", "Tier", "Description");
    int days = Numbers.number("Days", wish.required("Days"));
    if (days < 1) {
      throw AwsError.badRequest("InvalidArgument", "restoration days should be at least 1");
    }
    String tier =
        wish.child("GlacierJobParameters")
            .flatMap(parameters -> parameters.value("Tier"))
            .or(() -> wish.value("Tier"))
            .orElse("Standard");
    return state.locked(() -> restore(request, days, tier));
  }

  private RestAnswer restore(S3Request request, int days, String tier) {
    Bucket bucket = state.bucket(request);
    S3Version version = state.version(bucket, request.key(), request.versionId());
    if (!version.storageClass.isArchived()) {
      throw new AwsError(
              "InvalidObjectState",
              403,
              "Restore is not allowed for the object's current storage class")
          .with("StorageClass", version.storageClass.name());
    }
    Instant now = state.now();
    Duration wait = wait(version.storageClass, tier);
    Restoration before = version.restoration;
    if (before != null && before.isOngoing(now)) {
      throw new AwsError("RestoreAlreadyInProgress", 409, "Object restore is already in progress");
    }
    boolean isExtended = before != null && before.isReadable(now);
    Instant ready = before != null && isExtended ? before.ready() : now.plus(wait);
    Instant from = isExtended ? now : ready;
    version.restoration = new Restoration(ready, expiry(from, days));
    return RestAnswer.of(isExtended ? 200 : 202, Map.of(), new byte[0]);
  }

  /** AWS rounds up to the next midnight. */
  private static Instant expiry(Instant from, int days) {
    return from.plus(Duration.ofDays(days + 1L)).truncatedTo(ChronoUnit.DAYS);
  }

  private static Duration wait(StorageClass storageClass, String tier) {
    boolean isDeep = storageClass == StorageClass.DEEP_ARCHIVE;
    Optional<Duration> wait =
        switch (tier) {
          case "Expedited" -> isDeep ? Optional.empty() : Optional.of(Duration.ofMinutes(5));
          case "Standard" -> Optional.of(Duration.ofHours(isDeep ? 12 : 5));
          case "Bulk" -> Optional.of(Duration.ofHours(isDeep ? 48 : 12));
          default -> throw S3Errors.malformedXml();
        };
    return wait.orElseThrow(
        () ->
            S3Errors.invalidArgument(
                "Retrieval option is not supported by this storage class", "Tier", tier));
  }
}
