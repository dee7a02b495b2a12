package io.github.kmsrotation.spi;

import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyKind;
import io.github.kmsrotation.key.KeyManager;
import io.github.kmsrotation.key.KeyState;
import io.github.kmsrotation.key.RotationDecision;
import io.github.kmsrotation.key.RotationDecision.AutomaticRotation;
import io.github.kmsrotation.key.RotationDecision.ManualRotation;
import io.github.kmsrotation.key.RotationDecision.NotPossible;
import io.github.kmsrotation.key.RotationDecision.OnDemandRotation;
import io.github.kmsrotation.key.RotationPolicy;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/**
 * The key that data is to be moved to, checked, and why.
 *
 * @param arn the key; empty if there was a problem
 * @param rationale the policy's decision in words
 */
public record TargetKey(Optional<KeyArn> arn, List<String> rationale) {

  private static final String ENABLED = "Enabled";

  /** Copies the rationale. */
  public TargetKey {
    rationale = List.copyOf(rationale);
  }

  /**
   * Chooses.
   *
   * @param request what was asked for
   * @param currentKey the key that the resource has now; empty if it is not encrypted
   * @param region where the resource is
   * @param findings takes what is wrong
   * @return the key, or none with a problem said
   */
  public static TargetKey choose(
      PlanRequest<?> request, Optional<String> currentKey, String region, Findings findings) {
    List<String> rationale = new ArrayList<>();
    Optional<RotationDecision> decision =
        currentKey
            .flatMap(key -> findings.look(() -> request.keys().read(key)))
            .map(facts -> RotationPolicy.decide(facts, request.why()));
    decision.ifPresent(d -> rationale.addAll(d.rationale().lines()));
    decision.ifPresent(d -> checkDecision(d, request, findings));
    if (request.targetKey().isEmpty()) {
      if (decision.isEmpty() || decision.get() instanceof ManualRotation) {
        findings.problem(
            "Its data has to move to another key, and none is named.",
            "Create a symmetric customer managed key in "
                + region
                + " and name it with toKey(...).");
      }
      return new TargetKey(Optional.empty(), rationale);
    }
    String named = request.targetKey().get();
    if (isElsewhere(named, region)) {
      findings.problem(
          named, "The key is not in " + region + ".", "Use a key of the resource's Region.");
      return new TargetKey(Optional.empty(), rationale);
    }
    Optional<KeyFacts> target = findings.look(() -> request.keys().read(named));
    target.ifPresent(facts -> checkTarget(facts, currentKey, region, findings));
    return new TargetKey(target.map(KeyFacts::arn), rationale);
  }

  /**
   * Checks that a named key is where the client is: a call with the ARN of another Region would
   * only be told that the key does not exist.
   *
   * @param key as it was named
   * @param clientRegion the client's Region
   * @param findings takes the problem, if there is one
   */
  public static void checkRegion(String key, String clientRegion, Findings findings) {
    if (isElsewhere(key, clientRegion)) {
      findings.problem(
          "The key is in "
              + key.split(":", -1)[3]
              + ", and the client is for "
              + clientRegion
              + ".",
          "Give kmsClient(...) a client for the key's Region.");
    }
  }

  /**
   * Looks whether the key that data was moved to can still be used: services show only late that
   * they lost a key, KMS says so at once.
   *
   * @param context what the runner lends
   * @param kms a client for the key's Region
   * @param arn the key's ARN
   * @param lost what is lost without it, with its verb, such as "the replacement is"
   * @return what stops the run; empty if the key is enabled
   */
  public static Optional<StepOutcome> obstacle(
      StepContext context, KmsClient kms, String arn, String lost) {
    String state;
    try {
      state =
          context
              .read("kms:DescribeKey", () -> kms.describeKey(r -> r.keyId(arn)))
              .keyMetadata()
              .keyStateAsString();
    } catch (NotFoundException e) {
      state = "gone";
    }
    return state.equals(ENABLED)
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                "The new KMS key " + arn + " is " + state + ", not " + ENABLED + ".",
                "Without it "
                    + lost
                    + " lost. Cancel its deletion or enable it and resume, or roll back."));
  }

  private static boolean isElsewhere(String key, String region) {
    String[] parts = key.split(":", -1);
    return parts.length > 4 && parts[0].equals("arn") && !parts[3].equals(region);
  }

  private static void checkDecision(
      RotationDecision decision, PlanRequest<?> request, Findings findings) {
    if (decision instanceof NotPossible not) {
      findings.problem(not.rationale().text(), not.wayOut());
    } else if (!(decision instanceof ManualRotation)) {
      findings.problem(
          "The reason " + request.why() + " needs no data moved: " + decision.rationale().text(),
          inPlace(decision)
              + " If its data is to be under another key all the same, say"
              + " because(RotationReason.NEW_KEY_REQUESTED) and toKey(...).");
    }
  }

  private static String inPlace(RotationDecision decision) {
    if (decision instanceof AutomaticRotation automatic) {
      return "Enable rotation of the key every " + automatic.periodInDays() + " days.";
    }
    return decision instanceof OnDemandRotation
        ? "Rotate the key on demand."
        : "There is nothing to do.";
  }

  private static void checkTarget(
      KeyFacts key, Optional<String> currentKey, String region, Findings findings) {
    String arn = key.arn().value();
    if (currentKey.isPresent() && currentKey.get().equals(arn)) {
      findings.problem("It is under " + arn + " already.", "There is nothing to do.");
    }
    if (!key.arn().region().equals(region)) {
      findings.problem(
          arn,
          "The key is in " + key.arn().region() + ", the resource in " + region + ".",
          "Use a key of the resource's Region.");
    }
    if (key.kind() != KeyKind.SYMMETRIC_ENCRYPTION) {
      findings.problem(
          arn,
          "The key's spec is " + key.spec() + ".",
          "Use a symmetric encryption key (SYMMETRIC_DEFAULT): AWS services encrypt with no"
              + " other.");
    }
    if (key.state() != KeyState.ENABLED) {
      findings.problem(
          arn, "The key is " + key.state() + ".", "Enable it, or use another customer key.");
    }
    if (key.manager() != KeyManager.CUSTOMER) {
      findings.problem(
          arn,
          "The key is managed by AWS.",
          "Move data to customer managed keys only: nobody can rotate, share or retire an AWS"
              + " managed key.");
    }
  }
}
