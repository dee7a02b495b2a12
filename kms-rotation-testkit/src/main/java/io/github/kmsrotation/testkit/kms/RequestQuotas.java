package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many requests of an operation KMS takes in each second of its clock, in a Region. Only
 * management operations: the quotas of cryptographic operations, 1,000 and more, depend on the kind
 * of the key.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html">AWS
 *     KMS request quotas</a>
 */
final class RequestQuotas {

  /** AWS's defaults: operations by how many requests a second they may have. */
  private static final Map<Integer, List<String>> OPERATIONS =
      Map.of(
          1, List.of("GetParametersForImport"),
          5,
              List.of(
                  "CancelKeyDeletion",
                  "ConnectCustomKeyStore",
                  "CreateAlias",
                  "CreateCustomKeyStore",
                  "CreateKey",
                  "DeleteCustomKeyStore",
                  "DescribeCustomKeyStores",
                  "DisableKey",
                  "DisableKeyRotation",
                  "DisconnectCustomKeyStore",
                  "EnableKey",
                  "GetKeyLastUsage",
                  "ReplicateKey",
                  "RotateKeyOnDemand",
                  "UntagResource",
                  "UpdateAlias",
                  "UpdateKeyDescription",
                  "UpdatePrimaryRegion"),
          10, List.of("TagResource"),
          15,
              List.of(
                  "DeleteAlias",
                  "DeleteImportedKeyMaterial",
                  "EnableKeyRotation",
                  "ImportKeyMaterial",
                  "PutKeyPolicy",
                  "ScheduleKeyDeletion"),
          50, List.of("CreateGrant", "RetireGrant", "RevokeGrant"),
          100, List.of("ListGrants", "ListKeyPolicies", "ListKeyRotations", "ListRetirableGrants"),
          500, List.of("ListAliases", "ListKeys"),
          1_000, List.of("GetKeyPolicy", "GetKeyRotationStatus"),
          2_000, List.of("DescribeKey", "GetPublicKey", "ListResourceTags"));

  /** A replication is a dry run of {@code CreateKey} in the replica's Region, and then one. */
  private static final int CREATIONS_OF_A_REPLICA = 2;

  private final Timeline timeline;
  private final Map<String, Integer> quotas = new HashMap<>();
  private final Map<String, Integer> taken = new HashMap<>();
  private Instant second = Instant.EPOCH;

  RequestQuotas(Timeline timeline) {
    this.timeline = timeline;
    OPERATIONS.forEach((quota, names) -> names.forEach(name -> quotas.put(name, quota)));
  }

  Operation limited(String name, Operation operation) {
    return new Operation(
        operation.isMutating(),
        operation.params(),
        request -> {
          take(name, request);
          return operation.handler().apply(request);
        });
  }

  private void take(String name, AwsRequest request) {
    take(name, request.region(), 1);
    if (name.equals("ReplicateKey")) {
      take("CreateKey", request.params().required("ReplicaRegion"), CREATIONS_OF_A_REPLICA);
    } else if (name.equals("UpdatePrimaryRegion")) {
      take(name, request.params().required("PrimaryRegion"), 1);
    }
  }

  private void take(String name, String region, int requests) {
    Integer quota = quotas.get(name);
    if (quota == null) {
      return;
    }
    Instant now = timeline.now().truncatedTo(ChronoUnit.SECONDS);
    if (!now.equals(second)) {
      taken.clear();
      second = now;
    }
    if (taken.merge(region + "/" + name, requests, Integer::sum) > quota) {
      throw AwsError.badRequest(
          "ThrottlingException",
          "You have exceeded the rate at which you may call KMS. Reduce the frequency of your"
              + " calls.");
    }
  }
}
