package io.github.kmsrotation.s3;

import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Proves on an object of the run's own, before anything else is touched, that {@code
 * UpdateObjectEncryption} changes an object's key and nothing else, and that the caller may use the
 * new key. A server that does not know the operation takes it for {@code PutObject}, answers that
 * all is well, and has put the request's XML in the object's place.
 */
final class CanaryStep extends S3Step {

  static final String ID = "prove-update";

  /** Like the tag of other services, but for the colon, which a header's name cannot have. */
  private static final String METADATA = "kms-rotation-run";

  private static final String PUT = "s3:PutObject";
  private static final String DELETE = "s3:DeleteObject";
  private static final String DELETE_VERSION = "s3:DeleteObjectVersion";

  private final String key;
  private final byte[] body;

  CanaryStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Prove on an object of the run's own that S3 changes its key and nothing else",
            Phase.PREPARE,
            List.of(PUT, Reencryption.UPDATE, DELETE, DELETE_VERSION),
            List.of(name(env.prefix(), env.plan().runId().value())),
            Undo.UNDOABLE),
        env);
    this.key = name(env.prefix(), env.plan().runId().value());
    this.body =
        ("A trial of kms-rotation, run " + env.plan().runId() + "; it is deleted at once.\n")
            .getBytes(StandardCharsets.UTF_8);
  }

  static String name(Optional<String> prefix, String runId) {
    return prefix.orElse("") + "kms-rotation-canary-" + runId;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    delete(context);
    Optional<String> version = put(context);
    HeadObjectResponse before = head(context, version);
    List<String> differences;
    try {
      context.mutate(
          Reencryption.UPDATE,
          key,
          () ->
              env.api()
                  .updateObjectEncryption(
                      Reencryption.request(env, key, version, env.former().hasBucketKey())));
      differences = differences(context, version, before);
    } catch (MissingPermissionException e) {
      delete(context);
      throw e;
    } catch (S3Exception e) {
      differences = List.of("it was refused: " + e.getMessage());
    }
    delete(context);
    return differences.isEmpty()
        ? StepOutcome.done()
        : StepOutcome.blocked(
            "UpdateObjectEncryption did not do on an object of the run's own what it does in AWS: "
                + String.join("; ", differences)
                + ". No other object was touched.",
            "If this is AWS, mend what it says and resume. If it is not, its objects cannot be"
                + " moved to another key without rewriting them.");
  }

  private Optional<String> put(StepContext context) {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(env.bucket().name())
            .key(key)
            .metadata(Map.of(METADATA, env.plan().runId().value()));
    DefaultEncryption former = env.former();
    if (former.isSseKms() && !former.key().equals(Optional.of(env.keyArn()))) {
      request
          .serverSideEncryption(ServerSideEncryption.AWS_KMS)
          .ssekmsKeyId(former.key().orElse(null))
          .bucketKeyEnabled(former.hasBucketKey());
    } else {
      request.serverSideEncryption(ServerSideEncryption.AES256);
    }
    return Optional.ofNullable(
        context.mutate(PUT, key, () -> env.api().putObject(request.build(), body)).versionId());
  }

  private HeadObjectResponse head(StepContext context, Optional<String> version) {
    HeadObjectRequest request =
        HeadObjectRequest.builder()
            .bucket(env.bucket().name())
            .key(key)
            .versionId(version.orElse(null))
            .build();
    return context.read("s3:GetObject", () -> env.api().headObject(request));
  }

  private List<String> differences(
      StepContext context, Optional<String> version, HeadObjectResponse before) {
    HeadObjectResponse after = head(context, version);
    GetObjectRequest get =
        GetObjectRequest.builder()
            .bucket(env.bucket().name())
            .key(key)
            .versionId(version.orElse(null))
            .build();
    byte[] read = context.read("s3:GetObject", () -> env.api().getObject(get));
    List<String> differences = new ArrayList<>();
    if (!env.keyArn().equals(after.ssekmsKeyId())
        || after.serverSideEncryption() != ServerSideEncryption.AWS_KMS) {
      differences.add("its key is " + after.ssekmsKeyId() + ", not " + env.keyArn());
    }
    if (!Arrays.equals(read, body)) {
      differences.add("its content changed");
    }
    if (!Objects.equals(before.eTag(), after.eTag())) {
      differences.add("its ETag changed from " + before.eTag() + " to " + after.eTag());
    }
    if (!Objects.equals(before.metadata(), after.metadata())) {
      differences.add("its metadata changed");
    }
    return differences;
  }

  @Override
  public StepOutcome undo(StepContext context) {
    delete(context);
    return StepOutcome.done();
  }

  /** Every version under its name, which holds the run's id, if this run has put any. */
  private void delete(StepContext context) {
    if (context.timesSent(PUT, key) == 0 && !context.hasBegun(ID)) {
      return;
    }
    ListObjectVersionsRequest list =
        ListObjectVersionsRequest.builder()
            .bucket(env.bucket().name())
            .prefix(key)
            .encodingType(EncodingType.URL)
            .build();
    boolean hasVersions = !env.bucket().versioning(context).isEmpty();
    context
        .read("s3:ListBucketVersions", () -> env.api().listObjectVersions(list))
        .versions()
        .stream()
        .filter(version -> version.key().equals(key))
        .forEach(version -> delete(context, hasVersions ? version.versionId() : ""));
  }

  private void delete(StepContext context, String version) {
    DeleteObjectRequest request =
        DeleteObjectRequest.builder()
            .bucket(env.bucket().name())
            .key(key)
            .versionId(version.isEmpty() ? null : version)
            .build();
    context.mutate(
        version.isEmpty() ? DELETE : DELETE_VERSION, key, () -> env.api().deleteObject(request));
  }
}
