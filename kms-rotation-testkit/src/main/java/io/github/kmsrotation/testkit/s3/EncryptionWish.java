package io.github.kmsrotation.testkit.s3;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.s3.Encryption.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a new object is to be encrypted: as the request says, else as the bucket says.
 *
 * @param kind the kind
 * @param keyId the KMS key, by id, ARN or alias; if empty, the AWS managed key
 * @param isBucketKey whether to use an S3 Bucket Key
 * @param context additional encryption context
 * @param customerKey the customer's key
 * @param isExplicit whether the request says anything
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">PutObject</a>
 */
record EncryptionWish(
    Kind kind,
    Optional<String> keyId,
    boolean isBucketKey,
    Map<String, String> context,
    Optional<CustomerKey> customerKey,
    boolean isExplicit) {

  static final String HEADER = "x-amz-server-side-encryption";

  static EncryptionWish of(S3Request request, DefaultEncryption byDefault) {
    Optional<CustomerKey> customerKey = CustomerKey.of(request);
    Optional<String> algorithm = request.header(HEADER);
    if (customerKey.isPresent()) {
      return ofCustomer(customerKey.get(), algorithm, byDefault);
    }
    Optional<String> keyId = request.header(HEADER + "-aws-kms-key-id");
    Kind kind = algorithm.map(EncryptionWish::kind).orElse(byDefault.kind());
    boolean namesKms = keyId.isPresent() || request.header(HEADER + "-context").isPresent();
    if (namesKms && !(algorithm.isPresent() && kind.isKms())) {
      throw AwsError.badRequest(
          "InvalidArgument",
          "Server Side Encryption with AWS KMS managed key requires HTTP header"
              + " x-amz-server-side-encryption : aws:kms");
    }
    return new EncryptionWish(
        kind,
        algorithm.isPresent() ? keyId : byDefault.keyId(),
        bucketKey(request, kind, byDefault),
        context(request),
        Optional.empty(),
        algorithm.isPresent() || request.header(HEADER + "-bucket-key-enabled").isPresent());
  }

  private static EncryptionWish ofCustomer(
      CustomerKey key, Optional<String> algorithm, DefaultEncryption byDefault) {
    if (algorithm.isPresent()) {
      throw AwsError.badRequest(
          "InvalidArgument",
          "Server Side Encryption with Customer provided key is incompatible with the encryption"
              + " method specified");
    }
    if (byDefault.blocksCustomerKeys()) {
      throw S3Errors.accessDenied(
          "SSE-C is blocked for this bucket. Unblock it by PutBucketEncryption.");
    }
    return new EncryptionWish(
        Kind.SSE_C, Optional.empty(), false, Map.of(), Optional.of(key), true);
  }

  static Kind kind(String wire) {
    return switch (wire) {
      case "AES256" -> Kind.SSE_S3;
      case "aws:kms" -> Kind.SSE_KMS;
      case "aws:kms:dsse" -> Kind.DSSE_KMS;
      default ->
          throw S3Errors.invalidArgument(
              "The encryption method specified is not supported", HEADER, wire);
    };
  }

  private static boolean bucketKey(S3Request request, Kind kind, DefaultEncryption byDefault) {
    Optional<String> asked = request.header(HEADER + "-bucket-key-enabled");
    if (asked.isPresent() && !asked.get().matches("true|false")) {
      throw S3Errors.invalidArgument(
          "The BucketKeyEnabled value is not valid.", "BucketKeyEnabled", asked.get());
    }
    if (asked.equals(Optional.of("true")) && kind == Kind.DSSE_KMS) {
      throw AwsError.badRequest(
          "InvalidArgument", "S3 Bucket Keys are not supported with aws:kms:dsse.");
    }
    return kind == Kind.SSE_KMS && asked.map("true"::equals).orElse(byDefault.isBucketKey());
  }

  private static Map<String, String> context(S3Request request) {
    Optional<String> header = request.header(HEADER + "-context");
    if (header.isEmpty()) {
      return Map.of();
    }
    try {
      String json = new String(Base64.getDecoder().decode(header.get()), StandardCharsets.UTF_8);
      Map<String, String> context = new TreeMap<>();
      JSON.std.mapFrom(json).forEach((name, value) -> context.put(name, String.valueOf(value)));
      return context;
    } catch (IOException | IllegalArgumentException e) {
      throw S3Errors.invalidArgument(
          "The header must be base64-encoded UTF-8 JSON.", HEADER + "-context", header.get());
    }
  }

  static String encoded(Map<String, String> context) {
    try {
      return Base64.getEncoder().encodeToString(JSON.std.asBytes(context));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
