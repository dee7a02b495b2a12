package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepDescription;
import java.util.Optional;

/** What the S3 steps share. */
abstract class S3Step implements Step {

  private final StepDescription description;
  final Env env;

  S3Step(StepDescription description, Env env) {
    this.description = description;
    this.env = env;
  }

  /** What a step is bound to. */
  record Env(
      RotationPlan plan,
      Bucket bucket,
      Optional<String> prefix,
      BucketKeys bucketKeys,
      boolean rewrites,
      S3Options options,
      Workers workers) {

    S3Api api() {
      return bucket.api();
    }

    String keyArn() {
      return plan.targetKeyArn().orElseThrow();
    }

    Scope scope() {
      return Scope.of(plan.attributes());
    }

    DefaultEncryption former() {
      return DefaultEncryption.of(plan.attributes());
    }
  }

  @Override
  public final StepDescription description() {
    return description;
  }
}
