package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.error.UnknownKeyException;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.S3Target;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Looks at everything that a plan rests on, and reports all that is in its way at once. */
final class S3Planning {

  private static final String AWS_MANAGED_KEY = "alias/aws/s3";

  /** Endings that no bucket's name has, as S3 keeps them for others. */
  private static final Pattern NO_BUCKET = Pattern.compile("(-s3alias|--ol-s3|\\.mrap)$");

  private final PlanRequest<S3Target> request;
  private final S3Options options;
  private final S3Api api;
  private final S3Target target;
  private final Findings findings;
  private final AwsReader calls;

  S3Planning(PlanRequest<S3Target> request, S3Options options, S3Api api) {
    this.request = request;
    this.options = options;
    this.api = api;
    this.target = request.target();
    this.findings = new Findings(target.bucket());
    this.calls = request.calls();
  }

  RotationPlan plan() {
    checkKind();
    String region = region();
    Bucket bucket = new Bucket(target.bucket(), api);
    BucketPreflight preflight = new BucketPreflight(bucket, target, calls, findings, options);
    Optional<DefaultEncryption> former = preflight.encryption();
    Optional<String> byDefault =
        former.flatMap(this::currentKey).map(current -> current.arn().value());
    Optional<String> only = options.onlyKey().flatMap(this::onlyKey);
    Optional<String> moving =
        options.onlyKey().isPresent() ? only : byDefault.filter(this::isNotTheTarget);
    TargetKey key = TargetKey.choose(request, moving, region, findings);
    if (options.replication().isPresent()) {
      return replicating(options.replication().get(), bucket, former, moving, key);
    }
    if (!options.isRewritingEverything()) {
      key.arn().ifPresent(arn -> checkOwner(bucket, arn));
    }
    boolean setsDefault =
        target.prefix().isEmpty() && (options.onlyKey().isEmpty() || only.equals(byDefault));
    OldVersions oldVersions = preflight.oldVersions();
    preflight.check(key.arn());
    only.ifPresent(arn -> preflight.sayScope(arn, setsDefault));
    Optional<BatchPlan> batch = new BatchPlanning(target, options, bucket, calls, findings).plan();
    findings.throwIfAny(what());
    Scope scope =
        new Scope(
            only,
            setsDefault,
            options.isRewritingEverything(),
            options.customerKeys().isPresent(),
            oldVersions);
    return build(moving, region, key, attributes(former.orElseThrow(), scope, batch));
  }

  /** The source stays as it is, its default encryption included. */
  private RotationPlan replicating(
      Replication wanted,
      Bucket bucket,
      Optional<DefaultEncryption> former,
      Optional<String> moving,
      TargetKey key) {
    key.arn().ifPresent(arn -> checkOwner(bucket, arn));
    ReplicationSetup setup =
        new ReplicationPreflight(bucket, target.prefix(), wanted, options, calls, findings)
            .check(key.arn());
    findings.throwIfAny(what());
    Scope scope = new Scope(Optional.empty(), false, false, false, OldVersions.KEEP);
    SortedMap<String, String> attributes =
        S3Steps.attributes(target, former.orElseThrow(), options, scope);
    attributes.putAll(setup.attributes());
    return build(moving, api.region().id(), key, attributes);
  }

  /** Resolved once, as an alias may lead elsewhere tomorrow. */
  private Optional<String> onlyKey(String name) {
    TargetKey.checkRegion(name, api.region().id(), findings);
    return findings.look(() -> request.keys().read(name).arn().value());
  }

  private void checkKind() {
    String name = target.bucket();
    if (name.endsWith("--x-s3")) {
      findings.problem(
          "It is a directory bucket, whose objects' keys S3 cannot change.",
          "Copy its objects to a bucket that is under the new key.");
    } else if (name.endsWith("--op-s3")) {
      findings.problem(
          "It is an access point of S3 on Outposts, which has no KMS keys.",
          "Name a bucket of a Region.");
    } else if (name.endsWith("--table-s3")) {
      findings.problem(
          "It is a table bucket, whose objects' keys S3 cannot change.",
          "Make its tables anew in a table bucket that is under the new key.");
    } else if (NO_BUCKET.matcher(name).find()) {
      findings.problem(
          "It is the alias of an access point, not the name of a bucket.",
          "Name the bucket that the access point is for.");
    }
    findings.throwIfAny(what());
  }

  /** Where the bucket is; without that, nothing else can be looked at. */
  private String region() {
    Optional<String> found = findings.look(this::bucketRegion);
    findings.throwIfAny(what());
    String region = found.orElseThrow();
    if (!region.equals(api.region().id())) {
      elsewhere(region);
      findings.throwIfAny(what());
    }
    return region;
  }

  private String bucketRegion() {
    try {
      HeadBucketResponse head =
          calls.read(
              "s3:ListBucket",
              () -> api.headBucket(HeadBucketRequest.builder().bucket(target.bucket()).build()));
      return head.bucketRegion() == null ? api.region().id() : head.bucketRegion();
    } catch (S3Exception e) {
      return regionFrom(e);
    }
  }

  /** A HEAD's answer has no body, so its status has to do. */
  private String regionFrom(S3Exception failure) {
    if (failure.statusCode() == 404) {
      findings.problem(
          "There is no such bucket.", "Check the name, and the partition of the client.");
      return api.region().id();
    }
    if (failure.statusCode() == 301 || failure.statusCode() == 400) {
      Optional<String> region =
          Optional.ofNullable(failure.awsErrorDetails())
              .map(details -> details.sdkHttpResponse())
              .flatMap(http -> http.firstMatchingHeader("x-amz-bucket-region"));
      if (region.filter(r -> !r.equals(api.region().id())).isPresent()) {
        return region.get();
      }
      if (failure.statusCode() == 301) {
        findings.problem(
            "The bucket is not in " + api.region() + ".",
            "Give S3Options.client(...) a client for the bucket's Region.");
        return api.region().id();
      }
    }
    throw failure;
  }

  private void elsewhere(String region) {
    findings.problem(
        "The bucket is in " + region + ", and the client is for " + api.region() + ".",
        "Give S3Options.client(...), and kmsClient(...), clients for the bucket's Region.");
  }

  /** The key of new objects, as the policy has to know it. It may be gone, which is no problem. */
  private Optional<KeyFacts> currentKey(DefaultEncryption former) {
    if (!former.isKms()) {
      return Optional.empty();
    }
    String name = former.key().orElse(AWS_MANAGED_KEY);
    try {
      return Optional.of(request.keys().read(name));
    } catch (UnknownKeyException | MissingPermissionException e) {
      findings.warning(
          "The key of its default encryption, " + name + ", cannot be looked at: " + e.getMessage(),
          "Whether the reason asks for another key could not be told from that key. Objects under"
              + " a key that cannot be used cannot be moved either, and are listed.");
      return Optional.empty();
    }
  }

  /** What is wrong with the named key is told when it is chosen. */
  private boolean isNotTheTarget(String currentArn) {
    Findings untold = new Findings(target.bucket());
    return request
        .targetKey()
        .flatMap(key -> untold.look(() -> request.keys().read(key).arn().value()))
        .filter(currentArn::equals)
        .isEmpty();
  }

  /** S3 takes a key of the bucket owner's account only, so the key tells whose the bucket is. */
  private void checkOwner(Bucket bucket, KeyArn key) {
    try {
      calls.read(
          "s3:ListBucket",
          () ->
              api.headBucket(
                  HeadBucketRequest.builder()
                      .bucket(bucket.name())
                      .expectedBucketOwner(key.accountId())
                      .build()));
    } catch (MissingPermissionException e) {
      findings.problem(
          "The bucket does not belong to the account of the key, " + key.accountId() + ".",
          options.replication().isPresent()
              ? "Use a key of the account of the buckets: jobs run in that account."
              : "UpdateObjectEncryption takes keys of the bucket owner's account only: use one of"
                  + " those. Or have every object rewritten, which takes any key that may be used:"
                  + " S3Options.rewriteEverything().");
    }
  }

  private RotationPlan build(
      Optional<String> current,
      String region,
      TargetKey key,
      SortedMap<String, String> attributes) {
    KeyArn arn = key.arn().orElseThrow();
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), request.clock().instant())
            .target(S3Target.KIND, target.id())
            .place(region, arn.accountId())
            .keys(request.why().name(), current, Optional.of(arn.value()))
            .rationale(key.rationale())
            .warnings(findings.warnings())
            .attributes(attributes);
    List<StepDescription> steps =
        S3Steps.of(plan.build(), api, options, Workers.none()).stream()
            .map(Step::description)
            .toList();
    return plan.steps(steps).build();
  }

  private SortedMap<String, String> attributes(
      DefaultEncryption former, Scope scope, Optional<BatchPlan> batch) {
    SortedMap<String, String> attributes = S3Steps.attributes(target, former, options, scope);
    batch.ifPresent(planned -> attributes.putAll(planned.attributes()));
    return attributes;
  }

  private String what() {
    return "S3 bucket '" + target.bucket() + "'";
  }
}
