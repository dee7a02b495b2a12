package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.s3.Encryption.Kind;
import java.util.List;
import java.util.Optional;

/**
 * A bucket's default encryption. A bucket that was given none has SSE-S3, and refuses SSE-C, as
 * every bucket that is made since April 2026 does.
 *
 * @param kind SSE-S3, SSE-KMS or DSSE-KMS
 * @param keyId the KMS key
 * @param isBucketKey whether new objects use an S3 Bucket Key
 * @param blocksCustomerKeys whether SSE-C is refused
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html">Blocking
 *     or unblocking SSE-C</a>
 */
record DefaultEncryption(
    Kind kind, Optional<String> keyId, boolean isBucketKey, boolean blocksCustomerKeys) {

  static final DefaultEncryption BASE =
      new DefaultEncryption(Kind.SSE_S3, Optional.empty(), false, true);

  /** What the configuration says; what it leaves out of SSE-C stays as it was. */
  static DefaultEncryption parse(Xml configuration, DefaultEncryption before) {
    List<Xml> rules = configuration.allow("Rule").all("Rule");
    if (rules.size() != 1) {
      throw S3Errors.malformedXml();
    }
    Xml rule =
        rules
            .get(0)
            .allow(
                "ApplyServerSideEncryptionByDefault", "BucketKeyEnabled", "BlockedEncryptionTypes");
    Optional<Boolean> blocks = rule.child("BlockedEncryptionTypes").map(DefaultEncryption::blocks);
    boolean blocksCustomerKeys = blocks.orElse(before.blocksCustomerKeys());
    Optional<Xml> apply = rule.child("ApplyServerSideEncryptionByDefault");
    boolean isBucketKey =
        rule.value("BucketKeyEnabled").map(DefaultEncryption::truth).orElse(false);
    if (apply.isEmpty()) {
      return new DefaultEncryption(before.kind(), before.keyId(), isBucketKey, blocksCustomerKeys);
    }
    Xml byDefault = apply.get().allow("SSEAlgorithm", "KMSMasterKeyID");
    Kind kind = kind(byDefault.required("SSEAlgorithm"));
    Optional<String> keyId = byDefault.value("KMSMasterKeyID").filter(id -> !id.isEmpty());
    if (keyId.isPresent() && !kind.isKms()) {
      throw AwsError.badRequest(
          "InvalidArgument",
          "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or"
              + " aws:kms:dsse");
    }
    return new DefaultEncryption(kind, keyId, isBucketKey, blocksCustomerKeys);
  }

  private static Kind kind(String wire) {
    if (!List.of("AES256", "aws:kms", "aws:kms:dsse").contains(wire)) {
      throw S3Errors.malformedXml();
    }
    return EncryptionWish.kind(wire);
  }

  private static boolean blocks(Xml types) {
    List<Xml> all = types.allow("EncryptionType").all("EncryptionType");
    if (all.size() != 1 || !List.of("NONE", "SSE-C").contains(all.get(0).text())) {
      throw S3Errors.malformedXml();
    }
    return all.get(0).text().equals("SSE-C");
  }

  private static boolean truth(String text) {
    if (!text.matches("true|false")) {
      throw S3Errors.malformedXml();
    }
    return text.equals("true");
  }

  byte[] xml() {
    XmlOut out = XmlOut.of("ServerSideEncryptionConfiguration").open("Rule");
    out.open("ApplyServerSideEncryptionByDefault")
        .put("SSEAlgorithm", kind.wire())
        .put("KMSMasterKeyID", keyId)
        .close("ApplyServerSideEncryptionByDefault");
    out.put("BucketKeyEnabled", isBucketKey);
    out.open("BlockedEncryptionTypes")
        .put("EncryptionType", blocksCustomerKeys ? "SSE-C" : "NONE")
        .close("BlockedEncryptionTypes");
    return out.close("Rule").bytes();
  }
}
