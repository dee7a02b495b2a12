package io.github.kmsrotation.s3;

import io.github.kmsrotation.s3.BatchManifest.Kind;
import io.github.kmsrotation.s3.JobSpec.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a plan notes of S3 Batch Operations.
 *
 * @param kind who makes the list
 * @param inventory where an inventory's manifest is
 * @param inventoryEtag its ETag
 * @param roleArn the role of the jobs
 * @param bucket where manifests and reports go
 * @param prefix what their keys begin with
 * @param priority of the jobs
 * @param hasVersions whether lists name versions
 * @param verifyOneIn of how many versions one is looked at afterwards
 */
record BatchPlan(
    Kind kind,
    Optional<String> inventory,
    Optional<String> inventoryEtag,
    String roleArn,
    String bucket,
    String prefix,
    int priority,
    boolean hasVersions,
    int verifyOneIn) {

  private static final String KIND = "batch.manifest";
  private static final String INVENTORY = "batch.inventory";
  private static final String INVENTORY_ETAG = "batch.inventoryETag";
  private static final String ROLE = "batch.roleArn";
  private static final String BUCKET = "batch.bucket";
  private static final String PREFIX = "batch.prefix";
  private static final String PRIORITY = "batch.priority";
  private static final String VERSIONS = "batch.versions";
  private static final String VERIFY = "batch.verifyOneIn";

  static BatchPlan of(BatchOperations options, boolean hasVersions) {
    return new BatchPlan(
        options.manifest().kind(),
        options.manifest().arn(),
        options.manifest().etag(),
        options.roleArn(),
        options.bucket(),
        options.prefix(),
        options.priority(),
        hasVersions,
        options.verifyOneIn());
  }

  /** Nothing if the plan has no jobs. */
  static Optional<BatchPlan> of(SortedMap<String, String> plan) {
    return Optional.ofNullable(plan.get(KIND))
        .map(
            kind ->
                new BatchPlan(
                    Kind.valueOf(kind),
                    Optional.ofNullable(plan.get(INVENTORY)),
                    Optional.ofNullable(plan.get(INVENTORY_ETAG)),
                    plan.getOrDefault(ROLE, ""),
                    plan.getOrDefault(BUCKET, ""),
                    plan.getOrDefault(PREFIX, ""),
                    Integer.parseInt(plan.getOrDefault(PRIORITY, "0")),
                    Boolean.parseBoolean(plan.get(VERSIONS)),
                    Integer.parseInt(plan.getOrDefault(VERIFY, "1"))));
  }

  Map<String, String> attributes() {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put(KIND, kind.name());
    inventory.ifPresent(arn -> attributes.put(INVENTORY, arn));
    inventoryEtag.ifPresent(etag -> attributes.put(INVENTORY_ETAG, etag));
    attributes.put(ROLE, roleArn);
    attributes.put(BUCKET, bucket);
    attributes.put(PREFIX, prefix);
    attributes.put(PRIORITY, Integer.toString(priority));
    attributes.put(VERIFY, Integer.toString(verifyOneIn));
    attributes.put(VERSIONS, Boolean.toString(hasVersions));
    return attributes;
  }

  /** The key of the list that a run writes. */
  String manifestKey(S3Step.Env env) {
    return prefix + "kms-rotation-" + env.plan().runId() + "-manifest.csv";
  }

  /** The prefix as requests have it, which add the slash. */
  Optional<String> requestedPrefix() {
    return Optional.of(prefix).filter(p -> !p.isEmpty()).map(p -> p.substring(0, p.length() - 1));
  }

  /** The jobs that S3 makes lists for. A job has one Bucket Key setting for all its objects. */
  static List<JobSpec> generated(BucketKeys bucketKeys, Optional<String> onlyKey) {
    List<JobSpec> underKms =
        switch (bucketKeys) {
          case KEEP ->
              List.of(
                  JobSpec.generated(Filter.SSE_KMS_WITH_BUCKET_KEY, true),
                  JobSpec.generated(Filter.SSE_KMS_WITHOUT_BUCKET_KEY, false));
          case ENABLE -> List.of(JobSpec.generated(Filter.SSE_KMS, true));
          case DISABLE -> List.of(JobSpec.generated(Filter.SSE_KMS, false));
        };
    if (onlyKey.isPresent()) {
      return underKms;
    }
    List<JobSpec> all = new ArrayList<>(underKms);
    all.add(JobSpec.generated(Filter.SSE_S3, bucketKeys != BucketKeys.DISABLE));
    return List.copyOf(all);
  }
}
