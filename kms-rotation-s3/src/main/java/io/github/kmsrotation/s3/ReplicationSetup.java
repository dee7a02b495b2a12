package io.github.kmsrotation.s3;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a plan that replicates notes of it.
 *
 * @param destination the name of the destination
 * @param role the role that S3 replicates with
 * @param batchRole the role of the job
 * @param reports the bucket for completion reports
 * @param hasFormerRules whether the source was replicated before, so that its objects have a status
 * @param comparesAcls whether ACLs count in the source
 * @param otherObjectsAccepted whether the destination may have more
 */
record ReplicationSetup(
    String destination,
    String role,
    String batchRole,
    Optional<String> reports,
    boolean hasFormerRules,
    boolean comparesAcls,
    boolean otherObjectsAccepted) {

  private static final String DESTINATION = "replication.destination";
  private static final String ROLE = "replication.role";
  private static final String BATCH_ROLE = "replication.batchRole";
  private static final String REPORTS = "replication.reports";
  private static final String FORMER = "replication.hasFormerRules";
  private static final String ACLS = "replication.comparesAcls";
  private static final String OTHERS = "replication.otherObjectsAccepted";

  static Optional<ReplicationSetup> of(SortedMap<String, String> attributes) {
    return Optional.ofNullable(attributes.get(DESTINATION))
        .map(
            destination ->
                new ReplicationSetup(
                    destination,
                    attributes.getOrDefault(ROLE, ""),
                    attributes.getOrDefault(BATCH_ROLE, ""),
                    Optional.ofNullable(attributes.get(REPORTS)),
                    Boolean.parseBoolean(attributes.get(FORMER)),
                    Boolean.parseBoolean(attributes.get(ACLS)),
                    Boolean.parseBoolean(attributes.get(OTHERS))));
  }

  Map<String, String> attributes() {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put(DESTINATION, destination);
    attributes.put(ROLE, role);
    attributes.put(BATCH_ROLE, batchRole);
    reports.ifPresent(bucket -> attributes.put(REPORTS, bucket));
    attributes.put(FORMER, Boolean.toString(hasFormerRules));
    attributes.put(ACLS, Boolean.toString(comparesAcls));
    attributes.put(OTHERS, Boolean.toString(otherObjectsAccepted));
    return attributes;
  }
}
