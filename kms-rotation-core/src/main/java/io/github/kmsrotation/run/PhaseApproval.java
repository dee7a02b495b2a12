package io.github.kmsrotation.run;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.plan.Phase;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a phase begin, or stops the run before it: promise 1 is kept here. */
final class PhaseApproval {

  private static final Logger LOG = LoggerFactory.getLogger(RotationRunner.class);

  private final RunBook book;
  private final Approvals approvals;

  PhaseApproval(RunBook book, Approvals approvals) {
    this.book = book;
    this.approvals = approvals;
  }

  void mayBegin(Phase phase) throws Stop {
    if (phase == Phase.RETIRE && !book.state().isVerified()) {
      throw new Stop(
          RunStatus.BLOCKED,
          "Nothing may be destroyed: no verifier has passed the replacement. The original is"
              + " untouched.");
    }
    ApprovalKind kind = ApprovalKind.of(book.plan(), phase);
    boolean isAsked = kind.isIrreversible() || approvals.isAskedFor(phase);
    if (isAsked && !book.state().isApproved(phase)) {
      decide(phase, kind, ask(phase));
    }
  }

  private Approval ask(Phase phase) throws Stop {
    RotationReport soFar = book.report(RunStatus.RUNNING, "");
    try {
      return approvals.ask(new ApprovalRequest(book.plan(), phase, soFar));
    } catch (RuntimeException e) {
      LOG.error("{}: the approver failed", book.name(), e);
      throw new Stop(
          "The approver failed when it was asked about "
              + phase
              + ", so nothing of that phase was begun: "
              + Stop.inWords(e)
              + ". Resume to ask again"
              + WayOn.orRollBack(book),
          e);
    }
  }

  private void decide(Phase phase, ApprovalKind kind, Approval answer) throws Stop {
    if (answer instanceof Approval.Irreversible accepted) {
      approve(phase, accepted.by());
    } else if (answer instanceof Approval.Granted granted && !kind.isIrreversible()) {
      approve(phase, granted.by());
    } else if (answer instanceof Approval.Granted) {
      throw later(
          phase,
          "Approval.granted is not enough for "
              + phase
              + "; it takes "
              + kind.inWords()
              + ". Resume with an approver that gives it"
              + WayOn.orRollBack(book));
    } else if (answer instanceof Approval.Denied denied) {
      book.write(
          EntryType.APPROVAL,
          "",
          Map.of(
              "phase", phase.name(),
              "answer", RunState.Answer.DENIED.name(),
              "reason", denied.reason()));
      throw new Stop(RunStatus.AWAITING_APPROVAL, denied(phase.name(), denied.reason(), book));
    } else {
      throw later(
          phase,
          phase
              + " awaits an approval; it takes "
              + kind.inWords()
              + ". Resume with an approver that gives it"
              + WayOn.orRollBack(book));
    }
  }

  static String denied(String phase, String reason, RunBook book) {
    return phase
        + " was not approved: "
        + reason
        + ". Resume to ask again"
        + WayOn.orRollBack(book);
  }

  private Stop later(Phase phase, String reason) {
    book.write(
        EntryType.APPROVAL,
        "",
        Map.of(
            "phase", phase.name(),
            "answer", RunState.Answer.LATER.name(),
            "reason", reason));
    return new Stop(RunStatus.AWAITING_APPROVAL, reason);
  }

  private void approve(Phase phase, String by) {
    book.write(
        EntryType.APPROVAL,
        "",
        Map.of("phase", phase.name(), "answer", RunState.Answer.GRANTED.name(), "by", by));
  }
}
