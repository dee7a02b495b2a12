package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Settings of a bucket that change what happens to its objects. */
final class BucketSettings {

  static final List<String> OWNERSHIPS =
      List.of("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter");

  private final S3State state;

  BucketSettings(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write("PutBucketEncryption", this::putEncryption, "encryption");
    operations.read("GetBucketEncryption", this::getEncryption, "encryption");
    operations.write("DeleteBucketEncryption", this::deleteEncryption, "encryption");
    operations.write("PutBucketVersioning", this::putVersioning, "versioning");
    operations.read("GetBucketVersioning", this::getVersioning, "versioning");
    operations.write("PutBucketPolicy", this::putPolicy, "policy");
    operations.read("GetBucketPolicy", this::getPolicy, "policy");
    operations.write("DeleteBucketPolicy", this::deletePolicy, "policy");
    operations.write("PutObjectLockConfiguration", this::putLock, "object-lock");
    operations.read("GetObjectLockConfiguration", this::getLock, "object-lock");
    operations.write("PutBucketOwnershipControls", this::putOwnership, "ownershipControls");
    operations.read("GetBucketOwnershipControls", this::getOwnership, "ownershipControls");
    operations.write("DeleteBucketOwnershipControls", this::deleteOwnership, "ownershipControls");
    operations.write(
        "PutBucketAcl",
        this::putAcl,
        "acl x-amz-acl x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp",
        "x-amz-grant-write x-amz-grant-write-acp");
    operations.read("GetBucketAcl", this::getAcl, "acl");
  }

  private RestAnswer change(S3Request request, int status, Consumer<Bucket> change) {
    return state.locked(
        () -> {
          change.accept(state.bucket(request));
          return RestAnswer.of(status, Map.of(), new byte[0]);
        });
  }

  private RestAnswer xml(byte[] bytes) {
    return RestAnswer.of(200, Map.of("Content-Type", "application/xml"), bytes);
  }

  private RestAnswer putEncryption(S3Request request) throws IOException {
    Xml configuration = request.xml("ServerSideEncryptionConfiguration");
    return change(
        request,
        200,
        bucket -> bucket.encryption = DefaultEncryption.parse(configuration, bucket.encryption));
  }

  private RestAnswer getEncryption(S3Request request) {
    return xml(state.locked(() -> state.bucket(request).encryption.xml()));
  }

  private RestAnswer deleteEncryption(S3Request request) {
    return change(request, 204, bucket -> bucket.encryption = DefaultEncryption.BASE);
  }

  private RestAnswer putVersioning(S3Request request) throws IOException {
    Xml configuration = request.xml("VersioningConfiguration").allow("Status", "MfaDelete");
    if (configuration.value("MfaDelete").isPresent()) {
      throw AwsError.notModelled("MFA delete");
    }
    String status = configuration.required("Status");
    if (!status.equals("Enabled") && !status.equals("Suspended")) {
      throw S3Errors.malformedXml();
    }
    return change(
        request,
        200,
        bucket -> {
          if (bucket.objectLock.isPresent() && status.equals("Suspended")) {
            throw new AwsError(
                "InvalidBucketState",
                409,
                "An Object Lock configuration is present on this bucket, so the versioning state"
                    + " cannot be changed.");
          }
          if (bucket.replication.isPresent() && status.equals("Suspended")) {
            throw new AwsError(
                "InvalidBucketState",
                409,
                "A replication configuration is present on this bucket, so you cannot change the"
                    + " versioning state. To change the versioning state, first delete the"
                    + " replication configuration.");
          }
          bucket.versioning = status.equals("Enabled") ? Versioning.ENABLED : Versioning.SUSPENDED;
        });
  }

  private RestAnswer getVersioning(S3Request request) {
    Versioning versioning = state.locked(() -> state.bucket(request).versioning);
    XmlOut out = XmlOut.of("VersioningConfiguration");
    if (versioning != Versioning.NEVER) {
      out.put("Status", versioning.wire());
    }
    return out.answer();
  }

  private RestAnswer putPolicy(S3Request request) throws IOException {
    String text = new String(request.body(), StandardCharsets.UTF_8);
    return change(
        request,
        204,
        bucket -> {
          BucketPolicy policy = BucketPolicy.parse(text, bucket.name, state.accountId);
          if (policy.isPublic() && PublicAccess.blocks(bucket, "BlockPublicPolicy")) {
            throw S3Errors.accessDenied(
                "User is not authorized to perform: s3:PutBucketPolicy because public policies are"
                    + " prevented by the BlockPublicPolicy setting in S3 Block Public Access.");
          }
          bucket.policy = Optional.of(policy);
        });
  }

  private RestAnswer getPolicy(S3Request request) {
    BucketPolicy policy =
        state
            .locked(() -> state.bucket(request).policy)
            .orElseThrow(
                () -> S3Errors.notFound("NoSuchBucketPolicy", "The bucket policy does not exist"));
    return RestAnswer.of(
        200,
        Map.of("Content-Type", "application/json"),
        policy.text().getBytes(StandardCharsets.UTF_8));
  }

  private RestAnswer deletePolicy(S3Request request) {
    return change(request, 204, bucket -> bucket.policy = Optional.empty());
  }

  private RestAnswer putLock(S3Request request) throws IOException {
    Xml configuration = request.xml("ObjectLockConfiguration");
    return change(
        request,
        200,
        bucket -> {
          if (bucket.versioning != Versioning.ENABLED) {
            throw new AwsError(
                "InvalidBucketState",
                409,
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
          }
          bucket.objectLock = Optional.of(ObjectLock.parse(configuration));
        });
  }

  private RestAnswer getLock(S3Request request) {
    return xml(
        state
            .locked(() -> state.bucket(request).objectLock)
            .orElseThrow(
                () ->
                    S3Errors.notFound(
                        "ObjectLockConfigurationNotFoundError",
                        "Object Lock configuration does not exist for this bucket"))
            .xml());
  }

  private RestAnswer putOwnership(S3Request request) throws IOException {
    Xml controls = request.xml("OwnershipControls").allow("Rule");
    String ownership =
        controls.child("Rule").orElseThrow(S3Errors::malformedXml).required("ObjectOwnership");
    if (!OWNERSHIPS.contains(ownership)) {
      throw S3Errors.malformedXml();
    }
    return change(request, 200, bucket -> bucket.ownership = Optional.of(ownership));
  }

  private RestAnswer getOwnership(S3Request request) {
    String ownership =
        state
            .locked(() -> state.bucket(request).ownership)
            .orElseThrow(
                () ->
                    S3Errors.notFound(
                        "OwnershipControlsNotFoundError",
                        "The bucket ownership controls were not found"));
    return XmlOut.of("OwnershipControls")
        .open("Rule")
        .put("ObjectOwnership", ownership)
        .close("Rule")
        .answer();
  }

  private RestAnswer deleteOwnership(S3Request request) {
    return change(request, 204, bucket -> bucket.ownership = Optional.empty());
  }

  private RestAnswer putAcl(S3Request request) throws IOException {
    Optional<Acl> inBody =
        request.header("Content-Length").orElse("0").equals("0")
            ? Optional.empty()
            : Optional.of(Acls.ofXml(request.xmlWithoutChecksum("AccessControlPolicy")));
    return change(
        request,
        200,
        bucket -> {
          inBody.ifPresent(
              acl -> Acls.requireAllowed(bucket, acl, acl.equals(Acl.ofOwner(state.ownerId))));
          bucket.acl =
              Acls.of(request, bucket, state.ownerId)
                  .or(() -> inBody)
                  .orElseThrow(S3Errors::malformedXml);
        });
  }

  private RestAnswer getAcl(S3Request request) {
    return Acls.xml(state.locked(() -> state.bucket(request).acl), state.ownerId).answer();
  }
}
