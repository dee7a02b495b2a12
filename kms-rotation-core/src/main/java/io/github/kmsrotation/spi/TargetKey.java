package io.github.kmsrotation.spi;

import io.github.kmsrotation.error.UnknownKeyException;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyKind;
import io.github.kmsrotation.key.KeyManager;
import io.github.kmsrotation.key.KeyState;
import io.github.kmsrotation.key.RotationDecision;
import io.github.kmsrotation.key.RotationDecision.ManualRotation;
import io.github.kmsrotation.key.RotationDecision.NotPossible;
import io.github.kmsrotation.key.RotationPolicy;
import io.github.kmsrotation.plan.Notice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The key that data is to be moved to, checked, and why. What is wrong is added to the problems of
 * the plan, all of it.
 *
 * @param arn the key; empty if there was a problem
 * @param rationale the policy's decision in words
 */
public record TargetKey(Optional<KeyArn> arn, List<String> rationale) {

  /** Copies the rationale. */
  public TargetKey {
    rationale = List.copyOf(rationale);
  }

  /**
   * Chooses.
   *
   * @param request what was asked for
   * @param resource the resource, for messages
   * @param currentKey the key that the resource has now; empty if it is not encrypted
   * @param region where the resource is
   * @param problems takes what is wrong
   * @return the key, or none with a problem said
   */
  public static TargetKey choose(
      PlanRequest<?> request,
      String resource,
      Optional<String> currentKey,
      String region,
      List<Notice> problems) {
    List<String> rationale = new ArrayList<>();
    Optional<RotationDecision> decision =
        currentKey
            .flatMap(key -> read(request, key, problems, resource))
            .map(facts -> RotationPolicy.decide(facts, request.reason()));
    decision.ifPresent(d -> rationale.addAll(d.rationale().lines()));
    decision.ifPresent(d -> checkDecision(d, request, resource, problems));
    if (request.targetKey().isEmpty()) {
      problems.add(
          new Notice(
              resource,
              "No data has to move, or no key is named to move it to.",
              "Name one with toKey(...) if its key is to be another."));
      return new TargetKey(Optional.empty(), rationale);
    }
    Optional<KeyFacts> target = read(request, request.targetKey().get(), problems, resource);
    target.ifPresent(facts -> checkTarget(facts, currentKey, resource, region, problems));
    return new TargetKey(target.map(KeyFacts::arn), rationale);
  }

  private static void checkDecision(
      RotationDecision decision, PlanRequest<?> request, String resource, List<Notice> problems) {
    if (decision instanceof NotPossible not) {
      problems.add(new Notice(resource, not.rationale().text(), not.wayOut()));
    } else if (!(decision instanceof ManualRotation) && request.targetKey().isPresent()) {
      problems.add(
          new Notice(
              resource,
              "The reason "
                  + request.reason()
                  + " needs no data moved: "
                  + decision.rationale().text(),
              "If the key is to be another all the same, say"
                  + " because(RotationReason.NEW_KEY_REQUESTED)."));
    }
  }

  private static Optional<KeyFacts> read(
      PlanRequest<?> request, String key, List<Notice> problems, String resource) {
    try {
      return Optional.of(request.keys().read(key));
    } catch (UnknownKeyException e) {
      problems.add(new Notice(resource, String.valueOf(e.getMessage()), ""));
      return Optional.empty();
    }
  }

  private static void checkTarget(
      KeyFacts key,
      Optional<String> currentKey,
      String resource,
      String region,
      List<Notice> problems) {
    String arn = key.arn().value();
    if (currentKey.isPresent() && currentKey.get().equals(arn)) {
      problems.add(
          new Notice(resource, "It is under " + arn + " already.", "There is nothing to do."));
    }
    if (!key.arn().region().equals(region)) {
      problems.add(
          new Notice(
              arn,
              "The key is in " + key.arn().region() + ", the resource in " + region + ".",
              "Use a key of the resource's Region."));
    }
    if (key.kind() != KeyKind.SYMMETRIC_ENCRYPTION) {
      problems.add(
          new Notice(
              arn,
              "The key's spec is " + key.spec() + ".",
              "Use a symmetric encryption key (SYMMETRIC_DEFAULT): AWS services encrypt with no"
                  + " other."));
    }
    if (key.state() != KeyState.ENABLED) {
      problems.add(
          new Notice(
              arn, "The key is " + key.state() + ".", "Enable it, or use another customer key."));
    }
    if (key.manager() != KeyManager.CUSTOMER) {
      problems.add(
          new Notice(
              arn,
              "The key is managed by AWS.",
              "Move data to customer managed keys only: nobody can rotate, share or retire an AWS"
                  + " managed key."));
    }
  }
}
