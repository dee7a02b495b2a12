package io.github.kmsrotation.run;

import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.aws.UnknownOutcomeException;
import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.journal.UnknownRunException;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.SweepReport.Fate;
import io.github.kmsrotation.run.SweepReport.Finding;
import io.github.kmsrotation.spi.Leftover;
import io.github.kmsrotation.spi.Leftovers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;

/** One sweep: looks, judges by the journal, asks, and removes while it holds the runs. */
final class Sweep {

  private final String kind;
  private final SweepScope scope;
  private final Leftovers leftovers;
  private final Journal journal;
  private final AwsCalls calls;
  private final Clock clock;
  private final Map<RunId, Verdict> verdicts = new LinkedHashMap<>();
  private final List<RunLog> held = new ArrayList<>();

  Sweep(
      String kind,
      SweepScope scope,
      Leftovers leftovers,
      Journal journal,
      AwsCalls calls,
      Clock clock) {
    this.kind = kind;
    this.scope = scope;
    this.leftovers = leftovers;
    this.journal = journal;
    this.calls = calls;
    this.clock = clock;
  }

  /** Why a run's leftovers stay; nothing if they may go. */
  private record Verdict(Optional<Fate> stays, String reason) {
    static Verdict stays(Fate fate, String reason) {
      return new Verdict(Optional.of(fate), reason);
    }

    static Verdict mayGo() {
      return new Verdict(Optional.empty(), "");
    }
  }

  SweepReport run(SweepApprover approver) {
    try {
      List<Leftover> found = leftovers.find(calls);
      List<Leftover> toRemove = found.stream().filter(this::mayGo).toList();
      if (toRemove.isEmpty()) {
        return report(Optional.empty(), found, leftover -> stays(leftover));
      }
      Approval answer = Objects.requireNonNull(approver.decide(toRemove), "the approver's answer");
      if (!(answer instanceof Approval.Irreversible granted)) {
        return report(Optional.empty(), found, leftover -> unapproved(leftover, answer));
      }
      return remove(found, granted.by());
    } finally {
      held.forEach(RunLog::close);
    }
  }

  private static SweepReport report(
      Optional<RunId> journaledAs, List<Leftover> found, Function<Leftover, Finding> fate) {
    return new SweepReport(journaledAs, found.stream().map(fate).toList());
  }

  private boolean mayGo(Leftover leftover) {
    return leftover.keep().isEmpty() && verdict(leftover.run()).stays().isEmpty();
  }

  private Finding stays(Leftover leftover) {
    Verdict verdict = verdict(leftover.run());
    return verdict.stays().isPresent()
        ? new Finding(leftover, verdict.stays().get(), verdict.reason())
        : new Finding(leftover, Fate.KEPT, leftover.keep().orElse(""));
  }

  private Finding unapproved(Leftover leftover, Approval answer) {
    return mayGo(leftover)
        ? new Finding(leftover, Fate.NOT_APPROVED, "The answer was " + answer + ".")
        : stays(leftover);
  }

  private Verdict verdict(RunId run) {
    Verdict known = verdicts.get(run);
    if (known == null) {
      known = judge(run);
      verdicts.put(run, known);
    }
    return known;
  }

  private Verdict judge(RunId run) {
    RunLog log;
    try {
      log = journal.open(run);
    } catch (UnknownRunException e) {
      return scope == SweepScope.UNKNOWN_RUNS_TOO
          ? Verdict.mayGo()
          : Verdict.stays(Fate.RUN_UNKNOWN, "This journal does not know run " + run + ".");
    } catch (RunInUseException e) {
      return Verdict.stays(Fate.RUN_NOT_ENDED, "Run " + run + " is being executed.");
    } catch (JournalUnavailableException e) {
      throw e;
    } catch (RotationException e) {
      return unreadable(run, e);
    }
    held.add(log);
    return judge(run, log);
  }

  private Verdict judge(RunId run, RunLog log) {
    RunState state;
    try {
      state = RunBook.reopen(log, clock).state();
    } catch (RotationException e) {
      return unreadable(run, e);
    }
    if (!state.isFinished()) {
      return Verdict.stays(
          Fate.RUN_NOT_ENDED, "Run " + run + " has not ended: resume it, or roll it back.");
    }
    return state.isRollingBack()
        ? Verdict.mayGo()
        : Verdict.stays(Fate.KEPT, "Run " + run + " succeeded and kept it.");
  }

  private static Verdict unreadable(RunId run, RotationException e) {
    return Verdict.stays(
        Fate.RUN_NOT_ENDED, "The journal does not tell whether run " + run + " has ended: " + e);
  }

  private SweepReport remove(List<Leftover> found, String by) {
    RunId own = RunId.random();
    try (RunLog log = journal.create(own)) {
      write(log, EntryType.SWEEP, Map.of("kind", kind, "by", by));
      SweepReport report =
          report(Optional.of(own), found, one -> mayGo(one) ? removed(log, one) : stays(one));
      write(log, EntryType.FINISHED, Map.of());
      return report;
    }
  }

  private Finding removed(RunLog log, Leftover leftover) {
    Map<String, String> call =
        Map.of("operation", leftover.operation(), "resource", leftover.resource());
    write(log, EntryType.INTENT, call);
    Finding finding;
    RunState.Outcome outcome;
    try {
      calls.mutate(
          leftover.operation(),
          () -> {
            leftovers.remove(leftover);
            return leftover;
          });
      finding = new Finding(leftover, Fate.REMOVED, "");
      outcome = RunState.Outcome.OK;
    } catch (UnknownOutcomeException e) {
      finding = new Finding(leftover, Fate.FAILED, String.valueOf(e.getMessage()));
      outcome = RunState.Outcome.UNKNOWN;
    } catch (RotationException | SdkException e) {
      finding = new Finding(leftover, Fate.FAILED, String.valueOf(e.getMessage()));
      outcome = RunState.Outcome.REFUSED;
    }
    Map<String, String> answered = new LinkedHashMap<>(call);
    answered.put("outcome", outcome.name());
    write(log, EntryType.OUTCOME, answered);
    return finding;
  }

  private void write(RunLog log, EntryType type, Map<String, String> data) {
    log.append(JournalEntry.of(clock.instant(), type, "", data));
  }
}
