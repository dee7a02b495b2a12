package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;

/**
 * Puts new objects under the new key, unless who writes them names another. What was there is in
 * the plan, and is put back exactly when the run is rolled back; if somebody changed it meanwhile,
 * it is left alone.
 */
final class DefaultEncryptionStep extends S3Step {

  static final String ID = "set-default-encryption";
  private static final String SET = "s3:PutEncryptionConfiguration";
  private static final Duration SHOWN_WITHIN = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  DefaultEncryptionStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Set the bucket's default encryption to the new key, "
                + (withBucketKey(env) ? "with" : "without")
                + " a Bucket Key",
            Phase.PREPARE,
            List.of(SET),
            List.of(),
            Undo.UNDOABLE),
        env);
  }

  private static boolean withBucketKey(Env env) {
    return env.bucketKeys() != BucketKeys.DISABLE;
  }

  private DefaultEncryption wanted() {
    return wanted(env);
  }

  /**
   * Stops a run whose bucket another run is at. Two runs that move the same objects to different
   * keys would take them from each other without end. They do not see each other but by this: each
   * sets the bucket's default, so the one that was first finds that it is not what it set. What was
   * there before does not count, as S3 may show it for a while. Runs to the same key do no harm.
   */
  static Optional<StepOutcome> takenOver(Env env, AwsReader reader) {
    boolean isSet = env.plan().steps().stream().anyMatch(step -> step.id().equals(ID));
    if (!isSet) {
      return Optional.empty();
    }
    DefaultEncryption now = env.bucket().encryption(reader);
    if (now.means(wanted(env)) || now.means(env.former())) {
      return Optional.empty();
    }
    return Optional.of(
        StepOutcome.blocked(
            "This run set the default encryption of bucket '"
                + env.bucket().name()
                + "' to "
                + wanted(env).inWords()
                + ", and it is "
                + now.inWords()
                + " now: somebody changed it, perhaps another run, which moves the same objects to"
                + " another key. No more objects are moved by this one.",
            "Decide which key the bucket is to be under, and leave only that run: put the default"
                + " back and resume this one, or let the other one end and roll this one back."));
  }

  private static DefaultEncryption wanted(Env env) {
    return env.former().under(env.keyArn(), withBucketKey(env));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    DefaultEncryption now = env.bucket().encryption(context);
    if (now.means(wanted())) {
      return StepOutcome.done();
    }
    if (!now.means(env.former())) {
      return StepOutcome.blocked(
          "The default encryption of bucket '"
              + env.bucket().name()
              + "' was "
              + env.former().inWords()
              + " when the run was planned, and is "
              + now.inWords()
              + " now.",
          "Somebody changed it, so it is left alone. Put it back and resume, or roll back and make"
              + " a new plan.");
    }
    return change(context, wanted());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    DefaultEncryption now = env.bucket().encryption(context);
    if (now.means(env.former())) {
      return StepOutcome.done();
    }
    if (!now.means(wanted())) {
      return StepOutcome.done(
          Facts.of(
              Map.of("defaultEncryption", "left as somebody else set it since: " + now.inWords())));
    }
    return change(context, env.former());
  }

  /** S3 may go on showing for a while what was there before. */
  private StepOutcome change(StepContext context, DefaultEncryption wished) {
    if (!context.wasSentWithin(SET, env.bucket().name(), SHOWN_WITHIN)) {
      set(context, wished);
    }
    return StepOutcome.waiting(
        new Condition(
            "s3:BucketEncryptionShown", env.bucket().name(), "not shown", POLL, PATIENCE));
  }

  private void set(StepContext context, DefaultEncryption wished) {
    String bucket = env.bucket().name();
    if (wished.equals(DefaultEncryption.NONE)) {
      context.mutate(
          SET,
          bucket,
          () ->
              env.api()
                  .deleteBucketEncryption(
                      DeleteBucketEncryptionRequest.builder().bucket(bucket).build()));
      return;
    }
    PutBucketEncryptionRequest request =
        PutBucketEncryptionRequest.builder()
            .bucket(bucket)
            .serverSideEncryptionConfiguration(c -> c.rules(wished.rule()))
            .build();
    context.mutate(SET, bucket, () -> env.api().putBucketEncryption(request));
  }
}
