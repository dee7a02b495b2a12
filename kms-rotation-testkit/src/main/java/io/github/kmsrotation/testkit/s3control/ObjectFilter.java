package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.s3.Xml;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Which objects a generated manifest has.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_JobManifestGeneratorFilter.html">JobManifestGeneratorFilter</a>
 */
final class ObjectFilter {

  private static final String SSE = "x-amz-server-side-encryption";

  private final Xml filter;

  private ObjectFilter(Xml filter) {
    this.filter = filter;
  }

  static ObjectFilter of(Optional<Xml> filter) {
    Xml given = filter.orElseGet(() -> new Xml("Filter", "", List.of(), Optional.empty()));
    boolean isByReplication = given.value("EligibleForReplication").equals(Optional.of("true"));
    boolean namesReplication =
        given.child("EligibleForReplication").isPresent()
            || given.child("ObjectReplicationStatuses").isPresent();
    if (namesReplication && !isByReplication) {
      throw AwsError.notModelled("filters by replication without EligibleForReplication true");
    }
    if (isByReplication) {
      checkByReplication(given);
    }
    given.allow(
        "EligibleForReplication",
        "ObjectReplicationStatuses",
        "CreatedAfter",
        "CreatedBefore",
        "KeyNameConstraint",
        "ObjectSizeGreaterThanBytes",
        "ObjectSizeLessThanBytes",
        "MatchAnyStorageClass",
        "MatchAnyObjectEncryption");
    requireOne(given.child("MatchAnyObjectEncryption"), "ObjectEncryption");
    for (String part : List.of("MatchAnyPrefix", "MatchAnySuffix", "MatchAnySubstring")) {
      requireOne(given.child("KeyNameConstraint").flatMap(c -> c.child(part)), "member");
    }
    return new ObjectFilter(given);
  }

  /** Lists of one, as AWS has it. */
  private static void requireOne(Optional<Xml> list, String member) {
    if (list.filter(l -> l.all(member).size() != 1).isPresent()) {
      throw AwsError.badRequest(
          "InvalidRequest", list.get().name() + " has to have one " + member + ".");
    }
  }

  private static void checkByReplication(Xml filter) {
    List<String> modelled =
        List.of("EligibleForReplication", "ObjectReplicationStatuses", "KeyNameConstraint");
    for (Xml child : filter.children()) {
      if (!modelled.contains(child.name())) {
        throw AwsError.notModelled("filters by replication and " + child.name());
      }
    }
    for (Xml status : statuses(filter)) {
      if (!status.text().matches("COMPLETED|FAILED|REPLICA|NONE")) {
        throw AwsError.badRequest("InvalidRequest", "There is no status " + status.text());
      }
    }
  }

  private static List<Xml> statuses(Xml filter) {
    return filter
        .child("ObjectReplicationStatuses")
        .map(list -> list.all("member"))
        .orElse(List.of());
  }

  boolean isByReplication() {
    return filter.child("EligibleForReplication").isPresent();
  }

  /** By key and replication status, of what is eligible for replication. */
  boolean takes(String key, String status) {
    List<Xml> wanted = statuses(filter);
    return hasName(key)
        && (wanted.isEmpty() || wanted.stream().anyMatch(w -> w.text().equals(status)));
  }

  /** By what a list tells of an object. */
  boolean takes(Xml object) {
    Instant modified = Instant.parse(object.required("LastModified"));
    long size = Long.parseLong(object.required("Size"));
    return filter.value("CreatedAfter").map(t -> modified.isAfter(Instant.parse(t))).orElse(true)
        && filter.value("CreatedBefore").map(t -> modified.isBefore(Instant.parse(t))).orElse(true)
        && filter
            .value("ObjectSizeGreaterThanBytes")
            .map(s -> size > Long.parseLong(s))
            .orElse(true)
        && filter.value("ObjectSizeLessThanBytes").map(s -> size < Long.parseLong(s)).orElse(true)
        && isAmong(filter.child("MatchAnyStorageClass"), object.required("StorageClass"))
        && hasName(object.required("Key"));
  }

  private static boolean isAmong(Optional<Xml> list, String value) {
    return list.map(l -> l.all("member").stream().anyMatch(m -> m.text().equals(value)))
        .orElse(true);
  }

  private boolean hasName(String key) {
    Optional<Xml> constraint = filter.child("KeyNameConstraint");
    return matches(constraint, "MatchAnyPrefix", key, String::startsWith)
        && matches(constraint, "MatchAnySuffix", key, String::endsWith)
        && matches(constraint, "MatchAnySubstring", key, String::contains);
  }

  private static boolean matches(
      Optional<Xml> constraint, String name, String key, BiPredicate<String, String> test) {
    return constraint
        .flatMap(c -> c.child(name))
        .map(list -> list.all("member").stream().anyMatch(m -> test.test(key, m.text())))
        .orElse(true);
  }

  boolean needsEncryption() {
    return filter.child("MatchAnyObjectEncryption").isPresent();
  }

  private List<Xml> encryptions() {
    return filter.child("MatchAnyObjectEncryption").orElseThrow().all("ObjectEncryption");
  }

  boolean takesCustomerKeys() {
    return encryptions().stream().anyMatch(e -> e.child("SSE-C").isPresent());
  }

  /** By what HEAD tells of an object. */
  boolean takes(S3Calls.Answer head) {
    String kind = head.header(SSE).orElse("");
    return encryptions().stream()
        .anyMatch(
            wanted ->
                switch (kind) {
                  case "AES256" -> wanted.child("SSE-S3").isPresent();
                  case "aws:kms" ->
                      wanted.child("SSE-KMS").filter(k -> isUnder(k, head)).isPresent();
                  case "aws:kms:dsse" ->
                      wanted.child("DSSE-KMS").filter(k -> isUnder(k, head)).isPresent();
                  default -> wanted.child("NOT-SSE").isPresent();
                });
  }

  private static boolean isUnder(Xml wanted, S3Calls.Answer head) {
    boolean isBucketKey = head.header(SSE + "-bucket-key-enabled").equals(Optional.of("true"));
    Optional<String> key = wanted.value("KmsKeyArn");
    return (key.isEmpty() || key.equals(head.header(SSE + "-aws-kms-key-id")))
        && wanted
            .value("BucketKeyEnabled")
            .map(text -> isBucketKey == text.equals("true"))
            .orElse(true);
  }
}
