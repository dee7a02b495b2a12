package io.github.kmsrotation.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.model.BlockedEncryptionTypes;
import software.amazon.awssdk.services.s3.model.EncryptionType;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/**
 * A bucket's default encryption, all of it, so that it can be put back as it was.
 *
 * @param algorithm {@code AES256}, {@code aws:kms} or {@code aws:kms:dsse}; empty if there is none
 * @param key the KMS key as it was named there; empty for the AWS managed key, and without KMS
 * @param bucketKey whether there is a Bucket Key, if it says so
 * @param blocked the encryption types that are blocked; empty if the rule does not tell
 */
record DefaultEncryption(
    String algorithm, Optional<String> key, Optional<Boolean> bucketKey, List<String> blocked) {

  /** What a bucket has where S3 keeps no default encryption. */
  static final DefaultEncryption NONE =
      new DefaultEncryption("", Optional.empty(), Optional.empty(), List.of());

  private static final String KEPT_AS = "formerEncryption.";

  DefaultEncryption {
    blocked = List.copyOf(blocked);
  }

  static DefaultEncryption of(ServerSideEncryptionRule rule) {
    ServerSideEncryptionByDefault applied = rule.applyServerSideEncryptionByDefault();
    Optional<String> algorithm =
        Optional.ofNullable(applied).map(ServerSideEncryptionByDefault::sseAlgorithmAsString);
    return new DefaultEncryption(
        algorithm.orElse(""),
        Optional.ofNullable(applied).map(ServerSideEncryptionByDefault::kmsMasterKeyID),
        Optional.ofNullable(rule.bucketKeyEnabled()),
        rule.blockedEncryptionTypes() == null
            ? List.of()
            : rule.blockedEncryptionTypes().encryptionTypeAsStrings());
  }

  /** With the new key, and all else as it was. */
  DefaultEncryption under(String keyArn, boolean withBucketKey) {
    return new DefaultEncryption(
        ServerSideEncryption.AWS_KMS.toString(),
        Optional.of(keyArn),
        Optional.of(withBucketKey),
        blocked);
  }

  boolean isSseKms() {
    return algorithm.equals(ServerSideEncryption.AWS_KMS.toString());
  }

  boolean isKms() {
    return isSseKms() || algorithm.equals(ServerSideEncryption.AWS_KMS_DSSE.toString());
  }

  boolean hasBucketKey() {
    return bucketKey.orElse(false);
  }

  /** Whether S3 would treat both in the same way. */
  boolean means(DefaultEncryption other) {
    return algorithm.equals(other.algorithm)
        && key.equals(other.key)
        && hasBucketKey() == other.hasBucketKey()
        && blocked.equals(other.blocked);
  }

  ServerSideEncryptionRule rule() {
    ServerSideEncryptionRule.Builder rule = ServerSideEncryptionRule.builder();
    bucketKey.ifPresent(rule::bucketKeyEnabled);
    if (!algorithm.isEmpty()) {
      rule.applyServerSideEncryptionByDefault(
          ServerSideEncryptionByDefault.builder()
              .sseAlgorithm(algorithm)
              .kmsMasterKeyID(key.orElse(null))
              .build());
    }
    if (!blocked.isEmpty()) {
      rule.blockedEncryptionTypes(
          BlockedEncryptionTypes.builder()
              .encryptionType(blocked.stream().map(EncryptionType::fromValue).toList())
              .build());
    }
    return rule.build();
  }

  /** As attributes of a plan. */
  SortedMap<String, String> attributes() {
    SortedMap<String, String> kept = new TreeMap<>();
    kept.put(KEPT_AS + "algorithm", algorithm);
    key.ifPresent(k -> kept.put(KEPT_AS + "key", k));
    bucketKey.ifPresent(b -> kept.put(KEPT_AS + "bucketKey", b.toString()));
    kept.put(KEPT_AS + "blocked", String.join(",", blocked));
    return kept;
  }

  static DefaultEncryption of(SortedMap<String, String> attributes) {
    String blocked = attributes.getOrDefault(KEPT_AS + "blocked", "");
    return new DefaultEncryption(
        attributes.getOrDefault(KEPT_AS + "algorithm", ""),
        Optional.ofNullable(attributes.get(KEPT_AS + "key")),
        Optional.ofNullable(attributes.get(KEPT_AS + "bucketKey")).map(Boolean::valueOf),
        blocked.isEmpty() ? List.of() : List.of(blocked.split(",")));
  }

  String inWords() {
    List<String> words = new ArrayList<>();
    words.add(algorithm.isEmpty() ? "none" : algorithm);
    key.ifPresent(k -> words.add("key " + k));
    words.add(hasBucketKey() ? "with a Bucket Key" : "without a Bucket Key");
    return String.join(", ", words);
  }
}
