package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import io.github.kmsrotation.testkit.s3.Encryption.Kind;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code UpdateObjectEncryption}: the data key of an object is sealed anew under a KMS key, and
 * nothing else of the object changes, whatever its storage class. Sources are SSE-S3 and SSE-KMS;
 * objects that Object Lock protects are refused.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateObjectEncryption.html">UpdateObjectEncryption</a>
 */
final class UpdateEncryptionOperation {

  private static final Pattern KEY_ARN =
      Pattern.compile("arn:aws[-a-z0-9]*:kms:[-a-z0-9]*:([0-9]{12}):key/.+");

  private final S3State state;

  UpdateEncryptionOperation(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write("UpdateObjectEncryption", this::update, "encryption versionId");
  }

  private record Wish(String keyArn, boolean isBucketKey) {}

  private RestAnswer update(S3Request request) throws IOException {
    Wish wish = wish(request.xml("ObjectEncryption"));
    return state.locked(() -> update(request, wish));
  }

  private Wish wish(Xml encryption) {
    if (encryption.child("DSSE-KMS").isPresent() || encryption.child("SSE-C").isPresent()) {
      throw S3Errors.invalidRequest(
          "The UpdateObjectEncryption operation doesn't support updating the encryption type to"
              + " DSSE-KMS or SSE-C. Modify the request to specify SSE-KMS for the updated"
              + " encryption type, and then try again.");
    }
    Optional<Xml> kms = encryption.child("SSE-KMS");
    if (kms.isEmpty() || encryption.children().size() != 1) {
      throw S3Errors.invalidRequest(
          "Requests that modify an object encryption configuration require a valid new encryption"
              + " type. Valid values are SSEKMS. Modify the request to specify SSE-KMS for the"
              + " updated encryption type, and then try again.");
    }
    kms.get().allow("KMSKeyArn", "BucketKeyEnabled");
    String arn = kms.get().value("KMSKeyArn").orElse("");
    if (arn.isEmpty()) {
      throw S3Errors.invalidRequest(
          "Requests that modify an object's encryption type to SSE-KMS require an AWS KMS key"
              + " Amazon Resource Name (ARN). Modify the request to specify a KMS key ARN, and then"
              + " try again.");
    }
    requireOwnKey(arn);
    return new Wish(arn, kms.get().value("BucketKeyEnabled").map(this::truth).orElse(false));
  }

  private boolean truth(String text) {
    if (!text.matches("true|false")) {
      throw S3Errors.invalidRequest(
          "The BucketKeyEnabled value isn't valid. Valid values are true or false. Modify the"
              + " request to specify a valid value, and then try again.");
    }
    return text.equals("true");
  }

  private void requireOwnKey(String arn) {
    Matcher matcher = KEY_ARN.matcher(arn);
    if (!matcher.matches()) {
      throw S3Errors.invalidRequest(
          "Requests that modify an object's encryption type to SSE-KMS require a valid AWS KMS key"
              + " Amazon Resource Name (ARN). Confirm that you have a correctly formatted KMS key"
              + " ARN in your request, and then try again.");
    }
    if (!matcher.group(1).equals(state.accountId)) {
      throw S3Errors.accessDenied(
          "The AWS KMS key in the request must be owned by the same account as the bucket. Modify"
              + " the request to specify a KMS key from the same account, and then try again.");
    }
  }

  private RestAnswer update(S3Request request, Wish wish) {
    Bucket bucket = state.bucket(request);
    Map<String, String> conditions =
        Map.of(
            EncryptionWish.HEADER,
            Kind.SSE_KMS.wire(),
            EncryptionWish.HEADER + "-aws-kms-key-id",
            wish.keyArn());
    PolicyCheck.check(
        bucket,
        "s3:UpdateObjectEncryption",
        request.key(),
        name -> Optional.ofNullable(conditions.get(name)));
    S3Version version = state.version(bucket, request.key(), request.versionId());
    requireSupported(version.encryption.kind());
    requireUnlocked(version);
    Sealer.Place place = state.place(bucket, request.key());
    byte[] dataKey = state.sealer.open(version.encryption, place, Optional.empty());
    version.encryption = state.sealer.reseal(dataKey, wish.keyArn(), wish.isBucketKey(), place);
    return RestAnswer.of(200, Map.of(), new byte[0]);
  }

  private static void requireSupported(Kind kind) {
    if (kind == Kind.NONE) {
      throw S3Errors.invalidRequest(
          "The UpdateObjectEncryption operation doesn't supported unencrypted source objects. Only"
              + " source objects encrypted with SSE-S3 or SSE-KMS are supported.");
    }
    if (kind == Kind.DSSE_KMS || kind == Kind.SSE_C) {
      throw S3Errors.invalidRequest(
          "The UpdateObjectEncryption operation doesn't support source objects with the encryption"
              + " type DSSE-KMS or SSE-C. Only source objects encrypted with SSE-S3 or SSE-KMS are"
              + " supported.");
    }
  }

  private void requireUnlocked(S3Version version) {
    if (version.isRetained(state.now())) {
      throw new AwsError(
          "AccessDenied",
          403,
          "The encryption type for the specified object can’t be updated because that object is"
              + " protected by S3 Object Lock.");
    }
  }
}
