package io.github.kmsrotation.retire;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.spi.KeyUsageSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Everything that says whether the key is still needed. */
final class Inventory {

  private static final String NONE = "none";

  private final RetiredKey key;
  private final List<KeyUsageSource> sources;
  private final KeyRetirementOptions options;
  private final boolean lateUseAccepted;
  private final Optional<Instant> plannedAt;

  /**
   * @param plannedAt when the plan was made; empty while it is being made
   */
  Inventory(
      RetiredKey key,
      List<KeyUsageSource> sources,
      KeyRetirementOptions options,
      boolean lateUseAccepted,
      Optional<Instant> plannedAt) {
    this.key = key;
    this.sources = List.copyOf(sources);
    this.options = options;
    this.lateUseAccepted = lateUseAccepted;
    this.plannedAt = plannedAt;
  }

  /** One thing to look at; what is found stands in the way. */
  record Look(String subject, Supplier<List<Notice>> find) {}

  /** What was looked at, and what of it stands in the way. */
  record Seen(List<Evidence> evidence, List<Notice> inTheWay) {

    Optional<StepOutcome> blocked() {
      return inTheWay.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new StepOutcome.Blocked(
                  "The key is still needed, or may be:"
                      + inTheWay.stream()
                          .map(notice -> "\n  - " + notice)
                          .collect(Collectors.joining())
                      + "\n",
                  "Mend all of that and resume, or roll back.",
                  evidence));
    }
  }

  Seen look(AwsReader reader, Instant now) {
    List<Evidence> evidence = new ArrayList<>();
    List<Notice> inTheWay = new ArrayList<>();
    for (Look look : looks(reader, now)) {
      List<Notice> found = look.find().get();
      evidence.add(new Evidence(look.subject(), NONE, found.isEmpty() ? NONE : names(found)));
      inTheWay.addAll(found);
    }
    return new Seen(evidence, inTheWay);
  }

  private static String names(List<Notice> found) {
    return found.stream().map(Notice::resource).collect(Collectors.joining(", "));
  }

  List<Look> looks(AwsReader reader, Instant now) {
    List<Look> looks = new ArrayList<>();
    for (KeyUsageSource source : sources) {
      looks.add(
          new Look(
              source.kind() + " under the key: " + source.covers(), () -> uses(source, reader)));
    }
    looks.add(new Look("aliases of the key", () -> aliases(reader)));
    looks.add(new Look("replicas of the key", () -> replicas(reader)));
    looks.add(new Look("runs that rotate the key", () -> claims(reader)));
    plannedAt.ifPresent(
        planned -> looks.add(new Look("grants since the plan", () -> grants(reader, planned))));
    if (lateUseAccepted) {
      // What was accepted is use that had ended when the plan was made.
      plannedAt.ifPresent(
          planned -> looks.add(new Look("uses since the plan", () -> lateUse(reader, planned))));
    } else {
      looks.add(
          new Look(
              "uses in the last " + KeyRetirementOptions.LATELY_IN_DAYS + " days",
              () ->
                  lateUse(
                      reader, now.minus(Duration.ofDays(KeyRetirementOptions.LATELY_IN_DAYS)))));
    }
    return looks;
  }

  private List<Notice> uses(KeyUsageSource source, AwsReader reader) {
    return source.find(key.arn(), reader, options.sourceOptions(source.kind())).stream()
        .map(use -> new Notice(use.resource(), use.finding(), use.what()))
        .toList();
  }

  private List<Notice> aliases(AwsReader reader) {
    return key.aliases(reader).stream()
        .map(
            alias ->
                new Notice(
                    alias,
                    "The alias leads to the key, and callers by it.",
                    "Have it lead to another key, or delete it; KMS would delete it with the key."))
        .toList();
  }

  private List<Notice> replicas(AwsReader reader) {
    return key.replicas(reader).stream()
        .map(
            region ->
                new Notice(
                    "replica in " + region,
                    "KMS deletes a primary key only when it has no replica.",
                    "Retire the replica first, in its Region, and let its waiting period end."))
        .toList();
  }

  private List<Notice> claims(AwsReader reader) {
    return key.claims(reader).stream()
        .map(
            run ->
                new Notice(
                    "run " + run,
                    "It is rotating the key: the key has the tag " + RunId.TAG_KEY + ".",
                    "Resume that run or roll it back. Of a run that is lost, remove the tag."))
        .toList();
  }

  /** A service's grant may be the only trace of a resource that was put under the key. */
  private List<Notice> grants(AwsReader reader, Instant planned) {
    return key.grants(reader).stream()
        .filter(grant -> grant.creationDate() != null && grant.creationDate().isAfter(planned))
        .map(
            grant ->
                new Notice(
                    "grant " + grant.grantId(),
                    "It lets "
                        + grant.granteePrincipal()
                        + " use the key, since the plan was made.",
                    "Find out which resource it stands for, and move that. Or revoke it, or make a"
                        + " new plan."))
        .toList();
  }

  private List<Notice> lateUse(AwsReader reader, Instant since) {
    LastUsage usage = LastUsage.read(key, reader);
    return usage.isSince(since)
        ? List.of(
            new Notice(
                key.id(),
                usage.text(),
                "Find out in CloudTrail who used it. If that use has ended, plan with"
                    + " KeyRetirementOptions' iAcceptThatTheKeyWasUsedLately()."))
        : List.of();
  }
}
