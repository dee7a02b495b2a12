package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.spi.TargetKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sets the account's default KMS key for EBS encryption; backwards, the former one, by a reset if
 * that was the AWS managed key.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyEbsDefaultKmsKeyId.html">
 *     ModifyEbsDefaultKmsKeyId</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetEbsDefaultKmsKeyId.html">
 *     ResetEbsDefaultKmsKeyId</a>
 */
final class DefaultKeyStep extends EbsStep {

  private static final String MODIFY = "ec2:ModifyEbsDefaultKmsKeyId";
  private static final String RESET = "ec2:ResetEbsDefaultKmsKeyId";
  private static final String RESOURCE = "default KMS key for EBS encryption";
  private static final String SET = "ec2:EbsDefaultKmsKeySet";

  /** One more than needed, as one may have been lost on its way. */
  private static final int MOST_REQUESTS = 2;

  private final Former former;
  private int requestsHere;

  /** What was the default when the plan was made. */
  record Former(String key, boolean isOfAws) {

    boolean isNamedBy(String told) {
      return told.equals(key) || (isOfAws && told.equals(DefaultKeyPlanning.AWS_MANAGED));
    }
  }

  DefaultKeyStep(Env env, Former former) {
    super(
        new StepDescription(
            "set-default-key",
            "Make the new KMS key the default for EBS encryption in " + env.plan().region(),
            Phase.CUTOVER,
            List.of(MODIFY),
            former.isOfAws() ? List.of(RESET) : List.of(),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.former = former;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String told = ec2.defaultKey(context);
    if (told.equals(env.targetKeyArn())) {
      return StepOutcome.done(Facts.of(Map.of("defaultKey", told, "formerDefault", former.key())));
    }
    if (!former.isNamedBy(told)) {
      return StepOutcome.blocked(
          "The "
              + RESOURCE
              + " is "
              + told
              + "; it was "
              + former.key()
              + " when the plan was made.",
          "Somebody else changed it. Nothing was done: roll this run back, and make a new plan.");
    }
    return requested(context)
        .or(
            () ->
                TargetKey.obstacle(
                    context,
                    env.kms(),
                    env.targetKeyArn(),
                    "whatever relies on the default key is"))
        .orElseGet(() -> modify(context, env.targetKeyArn()));
  }

  private Optional<StepOutcome> requested(StepContext context) {
    if (isSettling(context, MODIFY, RESOURCE) || isSettling(context, RESET, RESOURCE)) {
      return Optional.of(waitFor(SET, RESOURCE, "requested, not shown yet"));
    }
    return requestsHere < MOST_REQUESTS
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                "EC2 took the change of the " + RESOURCE + " and did not keep it.",
                "EBS looks at keys later than it answers: see to the state and the policy of the"
                    + " key, and resume, or roll back."));
  }

  private StepOutcome modify(StepContext context, String arn) {
    requestsHere++;
    context.mutate(
        MODIFY, RESOURCE, () -> ec2.client().modifyEbsDefaultKmsKeyId(r -> r.kmsKeyId(arn)));
    return waitFor(SET, RESOURCE, "requested");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    String told = ec2.defaultKey(context);
    if (former.isNamedBy(told)) {
      return isSettling(context, MODIFY, RESOURCE) && !isSentBack(context)
          ? waitFor(SET, RESOURCE, "requested, not shown yet")
          : StepOutcome.done();
    }
    if (!told.equals(env.targetKeyArn())) {
      return StepOutcome.blocked(
          "The " + RESOURCE + " is " + told + ", neither the new nor the former key.",
          "Somebody else set it. Set what it is to be, "
              + former.key()
              + " or the new key, and roll back again.");
    }
    return requested(context).orElseGet(() -> sendBack(context));
  }

  /** Whether the former key was asked for in this direction, so that it is no late answer. */
  private boolean isSentBack(StepContext context) {
    return context.timesSent(MODIFY, RESOURCE) + context.timesSent(RESET, RESOURCE) > 0;
  }

  private StepOutcome sendBack(StepContext context) {
    if (!former.isOfAws()) {
      return modify(context, former.key());
    }
    requestsHere++;
    context.mutate(RESET, RESOURCE, () -> ec2.client().resetEbsDefaultKmsKeyId(r -> {}));
    return waitFor(SET, RESOURCE, "requested");
  }
}
