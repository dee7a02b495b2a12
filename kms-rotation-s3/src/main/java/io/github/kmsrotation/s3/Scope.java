package io.github.kmsrotation.s3;

import io.github.kmsrotation.s3.Finding.Verdict;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which versions a plan is for, and what it does with them.
 *
 * @param onlyKey the ARN of the key that versions have to be under; empty for all
 * @param setsDefault whether the bucket's default encryption is changed
 * @param rewritesAll whether nothing is moved where it lies, and everything rewritten
 * @param customerKeys whether objects under customer-provided keys are rewritten
 * @param oldVersions what becomes of versions that a copy took the place of
 */
record Scope(
    Optional<String> onlyKey,
    boolean setsDefault,
    boolean rewritesAll,
    boolean customerKeys,
    OldVersions oldVersions) {

  private static final String ONLY_KEY = "onlyUnderKey";
  private static final String SETS_DEFAULT = "setsDefaultEncryption";
  private static final String REWRITES_ALL = "rewritesEverything";
  private static final String CUSTOMER_KEYS = "sseCustomerKeys";
  private static final String OLD_VERSIONS = "oldVersions";

  static Scope of(SortedMap<String, String> attributes) {
    return new Scope(
        Optional.ofNullable(attributes.get(ONLY_KEY)),
        Boolean.parseBoolean(attributes.get(SETS_DEFAULT)),
        Boolean.parseBoolean(attributes.get(REWRITES_ALL)),
        Boolean.parseBoolean(attributes.get(CUSTOMER_KEYS)),
        OldVersions.valueOf(attributes.getOrDefault(OLD_VERSIONS, OldVersions.KEEP.name())));
  }

  Map<String, String> attributes() {
    Map<String, String> attributes = new TreeMap<>();
    onlyKey.ifPresent(key -> attributes.put(ONLY_KEY, key));
    attributes.put(SETS_DEFAULT, Boolean.toString(setsDefault));
    attributes.put(REWRITES_ALL, Boolean.toString(rewritesAll));
    attributes.put(CUSTOMER_KEYS, Boolean.toString(customerKeys));
    attributes.put(OLD_VERSIONS, oldVersions.name());
    return attributes;
  }

  /** Of versions that are under neither key, nothing is asked; keys are compared by ARN. */
  Finding narrow(Finding found, Encrypted object, String newKeyArn) {
    if (onlyKey.isEmpty() || found.verdict() == Verdict.UNDER_NEW_KEY) {
      return found;
    }
    if (object.keyArn().equals(Optional.of(newKeyArn)) && object.kind() == Encrypted.Kind.SSE_KMS) {
      return new Finding(Verdict.UNDER_NEW_KEY);
    }
    return object.keyArn().equals(onlyKey) ? found : new Finding(Verdict.OUT_OF_SCOPE);
  }

  /** Whether a copy is the way to the new key. */
  boolean wantsCopy(Finding found) {
    return found.verdict().needsRewriting()
        || (rewritesAll
            && (found.verdict() == Verdict.TO_MOVE || found.verdict() == Verdict.OBJECT_LOCK));
  }
}
