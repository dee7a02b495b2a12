package io.github.kmsrotation.kms;

import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;

/**
 * Moves the aliases of the old key to the new one, in every Region; backwards moves them back.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html">
 *     UpdateAlias</a>
 */
final class MoveAliasesStep extends KeyStep {

  static final String ID = "move-aliases";

  /** Where the aliases were led; not a fact of a step that never moved any. */
  static final String LED = "aliasesLeadTo";

  private static final String UPDATE = "kms:UpdateAlias";

  /** An alias and the Region it is in. */
  record Alias(String region, String name) {

    static Alias parse(String text) {
      String[] parts = text.split("\\|", 2);
      return new Alias(parts[0], parts[1]);
    }

    @Override
    public String toString() {
      return region + "|" + name;
    }
  }

  private final List<Alias> aliases;

  MoveAliasesStep(Env env, List<Alias> aliases) {
    super(
        new StepDescription(
            ID,
            "Move "
                + String.join(
                    ", ", aliases.stream().map(a -> a.name() + " in " + a.region()).toList())
                + " to the new key: from here on callers use it",
            Phase.CUTOVER,
            List.of(UPDATE),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.aliases = List.copyOf(aliases);
  }

  /** An alias that leads elsewhere already was moved by another rotation, or by hand. */
  static Optional<StepOutcome> movedMeanwhile(StepContext context, Env env) {
    for (Alias alias : KeySteps.aliases(env.plan())) {
      String key = Env.in(alias.region(), env.key());
      String leadsTo = leadsTo(context, env.kms(), alias);
      if (!leadsTo.equals(key)) {
        return Optional.of(
            StepOutcome.blocked(
                alias.name()
                    + " in "
                    + alias.region()
                    + " led to "
                    + key
                    + " when the plan was made, and leads to "
                    + leadsTo
                    + " now.",
                "Roll this run back. If another one has rotated the key, nothing is left to do; if"
                    + " not, make a new plan."));
      }
    }
    return Optional.empty();
  }

  private static String leadsTo(StepContext context, Kms kms, Alias alias) {
    return kms.describe(context, alias.region(), alias.name())
        .map(KeyMetadata::arn)
        .orElse("nothing");
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<StepOutcome> stop = ClaimStep.lost(context, env);
    if (stop.isEmpty()) {
      stop = changed(context);
    }
    return stop.isPresent()
        ? stop.get()
        : move(context, env.key(), env.newKey(context).orElseThrow());
  }

  private boolean hasSentAny(StepContext context) {
    return aliases.stream()
        .anyMatch(alias -> context.lastSent(UPDATE, alias.toString()).isPresent());
  }

  /** The approval may have come days after the new key was verified. */
  private Optional<StepOutcome> changed(StepContext context) {
    if (hasSentAny(context)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new NewKeyVerifier(env).verify(context).evidence();
    List<Evidence> differences = evidence.stream().filter(e -> !e.matches()).toList();
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new StepOutcome.Blocked(
                "A key was changed since the new one was verified: " + differences + ".",
                "Make the same change on the other key and resume, or roll back.",
                evidence));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    boolean led = hasSentAny(context);
    StepOutcome outcome = move(context, env.newKey(context).orElseThrow(), env.key());
    return outcome instanceof StepOutcome.Done && !led ? StepOutcome.done() : outcome;
  }

  private StepOutcome move(StepContext context, KeyArn from, KeyArn to) {
    for (Alias alias : aliases) {
      String target = Env.in(alias.region(), to);
      String leadsTo = leadsTo(context, kms, alias);
      boolean isSent = context.timesSent(UPDATE, alias.toString()) > 0;
      boolean isSettling = isSettling(context, UPDATE, alias.toString());
      if (leadsTo.equals(target) && (isSent || !isSettling || wasSeenLed(context))) {
        continue;
      }
      // Where it leads right already, it is what is to be undone that KMS may not show yet.
      if (leadsTo.equals(target) || (isSent && isSettling)) {
        return waitFor("kms:AliasMoved", alias.name(), "leads to " + leadsTo);
      }
      if (!leadsTo.equals(Env.in(alias.region(), from))) {
        return StepOutcome.blocked(
            alias.name() + " in " + alias.region() + " leads to " + leadsTo + ".",
            "Somebody else has moved or deleted it. Have it lead to "
                + Env.in(alias.region(), from)
                + " again and go on, or roll back.");
      }
      Optional<StepOutcome> unusable = unusable(context, alias.region(), target);
      if (unusable.isPresent()) {
        return unusable.get();
      }
      context.mutate(
          UPDATE,
          alias.toString(),
          () ->
              kms.in(alias.region())
                  .updateAlias(r -> r.aliasName(alias.name()).targetKeyId(target)));
      return waitFor("kms:AliasMoved", alias.name(), "requested");
    }
    return StepOutcome.done(Facts.of(Map.of(LED, to.value())));
  }

  private static boolean wasSeenLed(StepContext context) {
    return context.factsOf(ID).find(LED).isPresent();
  }

  /** Callers are led to no key that would fail them. */
  private Optional<StepOutcome> unusable(StepContext context, String region, String key) {
    String state =
        kms.describe(context, region, key).map(KeyMetadata::keyStateAsString).orElse("not there");
    return state.equals(KeyState.ENABLED.toString())
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                "The key " + key + " is " + state + ", so callers are not led to it.",
                "Have it Enabled and go on. If it is gone, the aliases stay where they are."));
  }
}
