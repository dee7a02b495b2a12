package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.target.S3Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The steps of moving objects where they lie, in order, from what the plan noted. */
final class S3Steps {

  private static final String BUCKET = "bucket";
  private static final String PREFIX = "prefix";
  private static final String BUCKET_KEYS = "bucketKeys";
  private static final String REWRITES = "rewrites";

  private S3Steps() {}

  static SortedMap<String, String> attributes(
      S3Target target, DefaultEncryption former, S3Options options, Scope scope) {
    SortedMap<String, String> attributes = new TreeMap<>(former.attributes());
    attributes.put(BUCKET, target.bucket());
    target.prefix().ifPresent(prefix -> attributes.put(PREFIX, prefix));
    attributes.put(REWRITES, Boolean.toString(options.isRewriting()));
    attributes.put(BUCKET_KEYS, options.bucketKeys().name());
    attributes.putAll(scope.attributes());
    return attributes;
  }

  static List<Step> of(RotationPlan plan, S3Api api, S3Options options, Workers workers) {
    S3Step.Env env =
        new S3Step.Env(
            plan,
            new Bucket(plan.attribute(BUCKET), api),
            Optional.ofNullable(plan.attributes().get(PREFIX)),
            BucketKeys.valueOf(plan.attribute(BUCKET_KEYS)),
            Boolean.parseBoolean(plan.attribute(REWRITES)),
            options,
            workers);
    Optional<ReplicationSetup> replication = ReplicationSetup.of(plan.attributes());
    if (replication.isPresent()) {
      return ReplicationSteps.of(env, replication.get());
    }
    Scope scope = env.scope();
    List<Step> steps = new ArrayList<>();
    if (!scope.rewritesAll()) {
      steps.add(new CanaryStep(env));
    }
    if (scope.setsDefault()) {
      steps.add(new DefaultEncryptionStep(env));
    }
    if (!scope.rewritesAll()) {
      steps.addAll(moving(env, options));
    }
    if (env.rewrites()) {
      steps.add(new RewriteStep(env));
      steps.add(new RewriteLargeStep(env));
    }
    steps.add(new VerifyObjectsStep(env));
    if (env.rewrites() && scope.oldVersions() == OldVersions.DELETE_SUPERSEDED) {
      steps.add(new DeleteSupersededStep(env, SupersededFile.of(env)));
    }
    return steps;
  }

  /** From here, or by jobs of S3 Batch Operations. */
  private static List<Step> moving(S3Step.Env env, S3Options options) {
    Optional<BatchPlan> planned = BatchPlan.of(env.plan().attributes());
    if (planned.isEmpty()) {
      return List.of(new ReencryptStep(env));
    }
    BatchPlan batch = planned.get();
    S3ControlApi api = options.batchOperations().orElseThrow().api();
    List<Step> steps = new ArrayList<>();
    if (batch.kind() == BatchManifest.Kind.LISTED) {
      steps.add(new ManifestStep(env, batch, ManifestStep.PartSizes.OF_S3));
    }
    steps.add(new PrepareJobsStep(env, batch, api));
    steps.add(new BatchReencryptStep(env, batch, api));
    return steps;
  }
}
