package io.github.kmsrotation.aws;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The rates that AWS documents as its defaults, of the operations that rotations call. AWS
 * documents none of RDS, S3 Control, Systems Manager and others.
 *
 * @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html">Request
 *     throttling for the Amazon EC2 API</a>
 * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html">AWS
 *     KMS request quotas</a>
 */
final class DocumentedRates {

  private static final CallRate EC2_READ = new CallRate(20, 100);
  private static final CallRate EC2_MUTATING = new CallRate(5, 50);
  private static final Pattern EC2_READS = Pattern.compile("ec2:(Describe|Get|List|Search).*");

  private static final Map<CallRate, List<String>> EC2 =
      Map.of(
          new CallRate(5, 100),
          List.of(
              "CreateSnapshot",
              "CreateSnapshots",
              "CreateVolume",
              "DeleteSnapshot",
              "DeleteVolume",
              "DeregisterImage",
              "ModifyImageAttribute",
              "ModifyNetworkInterfaceAttribute",
              "ModifySnapshotAttribute",
              "TerminateInstances"),
          new CallRate(10, 100),
          List.of("CreateTags", "DeleteTags"),
          new CallRate(2, 5),
          List.of("RunInstances", "StartInstances"),
          new CallRate(1, 100),
          List.of("CopyImage"),
          // It is called by an id alone, which EC2 does not take for a filter.
          new CallRate(10, 50),
          List.of("DescribeInstanceStatus"));

  /** KMS allows so many in each second. */
  private static final Map<Integer, List<String>> KMS =
      Map.of(
          1, List.of("GetParametersForImport"),
          5,
              List.of(
                  "CancelKeyDeletion",
                  "CreateAlias",
                  "CreateKey",
                  "DisableKey",
                  "DisableKeyRotation",
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
          100, List.of("ListGrants", "ListKeyPolicies", "ListKeyRotations"));

  private static final Map<String, CallRate> BY_OPERATION = byOperation();

  private DocumentedRates() {}

  private static Map<String, CallRate> byOperation() {
    Map<String, CallRate> rates = new HashMap<>();
    EC2.forEach((rate, names) -> names.forEach(name -> rates.put("ec2:" + name, rate)));
    KMS.forEach(
        (quota, names) ->
            names.forEach(name -> rates.put("kms:" + name, new CallRate(quota, quota))));
    return Map.copyOf(rates);
  }

  /** Those that have a rate of their own. */
  static Set<String> operations() {
    return BY_OPERATION.keySet();
  }

  static Optional<CallRate> of(String operation) {
    if (BY_OPERATION.containsKey(operation) || !operation.startsWith("ec2:")) {
      return Optional.ofNullable(BY_OPERATION.get(operation));
    }
    return Optional.of(EC2_READS.matcher(operation).matches() ? EC2_READ : EC2_MUTATING);
  }
}
