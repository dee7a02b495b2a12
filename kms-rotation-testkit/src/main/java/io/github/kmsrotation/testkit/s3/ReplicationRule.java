package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A rule of a replication configuration. One without a {@code Filter} is of the earlier version,
 * which always replicates delete markers. The messages are those that AWS was seen to answer where
 * that could be found, else this class's own.
 *
 * @param id its id, if it was given one
 * @param isV2 whether it has a filter
 * @param isEnabled whether it does anything
 * @param priority which rule counts of several with the same destination: the highest
 * @param prefix what keys begin with
 * @param tags which objects have to have
 * @param destination the name of the bucket
 * @param storageClass of the replicas; if empty, the source's
 * @param takesDeleteMarkers whether delete markers are replicated
 * @param takesKms whether objects under SSE-KMS and DSSE-KMS are
 * @param replicaKey the key of their replicas
 * @param takesReplicaModifications whether changed metadata of replicas is
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html">ReplicationRule</a>
 */
record ReplicationRule(
    Optional<String> id,
    boolean isV2,
    boolean isEnabled,
    int priority,
    String prefix,
    Map<String, String> tags,
    String destination,
    Optional<StorageClass> storageClass,
    boolean takesDeleteMarkers,
    boolean takesKms,
    Optional<String> replicaKey,
    boolean takesReplicaModifications) {

  private static final String SCHEMA =
      " for this version of Cross Region Replication configuration schema. Please refer to S3"
          + " Developer Guide for more information.";
  private static final String ARN = "arn:aws:s3:::";
  private static final int MOST_ID = 255;
  private static final String RTC_MINUTES = "15";

  static ReplicationRule parse(Xml rule, String accountId) {
    rule.allow(
        "ID",
        "Priority",
        "Prefix",
        "Filter",
        "Status",
        "SourceSelectionCriteria",
        "ExistingObjectReplication",
        "Destination",
        "DeleteMarkerReplication");
    if (rule.value("ID").filter(id -> id.length() > MOST_ID).isPresent()) {
      throw AwsError.badRequest("InvalidArgument", "ID length should not exceed allowed limit.");
    }
    Optional<Xml> filter = rule.child("Filter");
    requireVersion(rule, filter.isPresent());
    Map<String, String> tags = filter.map(ReplicationRule::tags).orElse(Map.of());
    boolean takesMarkers = filter.isEmpty() || isEnabled(rule.child("DeleteMarkerReplication"));
    if (takesMarkers && !tags.isEmpty()) {
      throw S3Errors.invalidRequest(
          "Delete marker replication is not supported if any Tag filter is specified.");
    }
    if (isEnabled(rule.child("ExistingObjectReplication"))) {
      throw AwsError.notModelled("ExistingObjectReplication, which AWS no longer supports");
    }
    Xml destination = rule.child("Destination").orElseThrow(S3Errors::malformedXml);
    Optional<Xml> criteria = rule.child("SourceSelectionCriteria");
    criteria.ifPresent(c -> c.allow("SseKmsEncryptedObjects", "ReplicaModifications"));
    boolean takesKms = isEnabled(criteria.flatMap(c -> c.child("SseKmsEncryptedObjects")));
    Optional<String> replicaKey =
        destination.child("EncryptionConfiguration").flatMap(e -> e.value("ReplicaKmsKeyID"));
    if (takesKms != replicaKey.isPresent()) {
      throw S3Errors.invalidRequest(
          takesKms
              ? "ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present."
              : "SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.");
    }
    return new ReplicationRule(
        rule.value("ID"),
        filter.isPresent(),
        status(rule),
        rule.value("Priority").map(ReplicationRule::priority).orElse(0),
        filter
            .flatMap(f -> f.child("And").or(() -> filter).flatMap(a -> a.value("Prefix")))
            .or(() -> rule.value("Prefix"))
            .orElse(""),
        tags,
        destination(destination, accountId),
        destination.value("StorageClass").map(ReplicationRule::storageClass),
        takesMarkers,
        takesKms,
        replicaKey,
        isEnabled(criteria.flatMap(c -> c.child("ReplicaModifications"))));
  }

  private static void requireVersion(Xml rule, boolean isV2) {
    for (String name : List.of("Priority", "DeleteMarkerReplication")) {
      if (rule.child(name).isPresent() != isV2) {
        throw S3Errors.invalidRequest(
            name + (isV2 ? " must be specified" : " cannot be used") + SCHEMA);
      }
    }
    if (isV2 && rule.child("Prefix").isPresent()) {
      throw S3Errors.malformedXml();
    }
  }

  private static Map<String, String> tags(Xml filter) {
    filter.allow("Prefix", "Tag", "And");
    if (filter.children().size() > 1) {
      throw S3Errors.malformedXml();
    }
    Map<String, String> tags = new TreeMap<>();
    Optional<Xml> and = filter.child("And");
    if (and.isPresent() && and.get().allow("Prefix", "Tag").children().size() < 2) {
      throw S3Errors.malformedXml();
    }
    for (Xml tag : and.orElse(filter).all("Tag")) {
      tags.put(tag.allow("Key", "Value").required("Key"), tag.required("Value"));
    }
    return tags;
  }

  private static boolean isEnabled(Optional<Xml> element) {
    return element.map(ReplicationRule::status).orElse(false);
  }

  private static boolean status(Xml element) {
    String status = element.required("Status");
    if (!status.matches("Enabled|Disabled")) {
      throw S3Errors.malformedXml();
    }
    return status.equals("Enabled");
  }

  private static int priority(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw S3Errors.malformedXml();
    }
    return Integer.parseInt(text);
  }

  private static StorageClass storageClass(String name) {
    for (StorageClass known : StorageClass.values()) {
      if (known.name().equals(name)) {
        return known;
      }
    }
    throw S3Errors.malformedXml();
  }

  private static String destination(Xml destination, String accountId) {
    destination.allow(
        "Bucket",
        "Account",
        "StorageClass",
        "AccessControlTranslation",
        "EncryptionConfiguration",
        "ReplicationTime",
        "Metrics");
    boolean isOther = destination.value("Account").filter(a -> !a.equals(accountId)).isPresent();
    if (isOther || destination.child("AccessControlTranslation").isPresent()) {
      throw AwsError.notModelled("replication to a bucket of another account");
    }
    Optional<Xml> time = destination.child("ReplicationTime");
    Optional<Xml> metrics = destination.child("Metrics");
    if (isEnabled(time) && !isEnabled(metrics)) {
      throw S3Errors.invalidRequest("Metrics must be enabled if ReplicationTime is enabled.");
    }
    time.ifPresent(t -> requireMinutes(t.child("Time").orElseThrow(S3Errors::malformedXml)));
    metrics.flatMap(m -> m.child("EventThreshold")).ifPresent(ReplicationRule::requireMinutes);
    String arn = destination.required("Bucket");
    if (!arn.startsWith(ARN) || arn.indexOf('/') >= 0) {
      throw AwsError.badRequest("InvalidArgument", "Invalid bucket ARN.");
    }
    return arn.substring(ARN.length());
  }

  private static void requireMinutes(Xml time) {
    if (!time.required("Minutes").equals(RTC_MINUTES)) {
      throw S3Errors.invalidRequest("Minutes of ReplicationTime and Metrics must be 15.");
    }
  }

  boolean isFor(String key, S3Version version) {
    return isEnabled
        && key.startsWith(prefix)
        && version.tags.entrySet().containsAll(tags.entrySet());
  }

  /**
   * Whether it replicates a version, but for what the version's history has to do with it.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html">What
   *     does Amazon S3 replicate?</a>
   */
  boolean takes(String key, S3Version version) {
    if (!isFor(key, version)) {
      return false;
    }
    if (version.isDeleteMarker) {
      return takesDeleteMarkers;
    }
    return !version.storageClass.isArchived() && (takesKms || !version.encryption.kind().isKms());
  }
}
