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
    boolean irreversible = book.state().needsIrreversibleApproval(phase);
    if (!(irreversible || approvals.isAskedFor(phase)) || book.state().isApproved(phase)) {
      return;
    }
    decide(phase, irreversible, ask(phase));
  }

  private Approval ask(Phase phase) throws Stop {
    RotationReport soFar = book.report(RunStatus.RUNNING, "");
    try {
      return approvals.ask(new ApprovalRequest(book.plan(), phase, soFar));
    } catch (RuntimeException e) {
      LOG.error("Run {}: the approver failed", book.plan().runId(), e);
      throw new Stop(
          "The approver failed when it was asked about "
              + phase
              + ", so nothing of that phase was begun: "
              + Stop.inWords(e)
              + ". Resume to ask again, or roll back.",
          e);
    }
  }

  private void decide(Phase phase, boolean irreversible, Approval answer) throws Stop {
    if (answer instanceof Approval.Irreversible accepted) {
      approve(phase, accepted.by());
    } else if (answer instanceof Approval.Granted granted && !irreversible) {
      approve(phase, granted.by());
    } else if (answer instanceof Approval.Granted) {
      throw new Stop(
          RunStatus.AWAITING_APPROVAL,
          phase
              + " holds what cannot be undone, so Approval.granted is not enough for it; it takes"
              + " Approval.iAcceptThatThisCannotBeUndone. Resume with an approver that gives it.");
    } else if (answer instanceof Approval.Denied denied) {
      book.write(
          EntryType.APPROVAL,
          "",
          Map.of(
              "phase", phase.name(),
              "answer", RunState.Answer.DENIED.name(),
              "reason", denied.reason()));
      throw new Stop(
          RunStatus.AWAITING_APPROVAL,
          phase + " was not approved: " + denied.reason() + ". Resume to ask again, or roll back.");
    } else {
      throw new Stop(
          RunStatus.AWAITING_APPROVAL,
          phase + " awaits an approval. Resume with an approver that gives it, or roll back.");
    }
  }

  private void approve(Phase phase, String by) {
    book.write(
        EntryType.APPROVAL,
        "",
        Map.of("phase", phase.name(), "answer", RunState.Answer.GRANTED.name(), "by", by));
  }
}
