package io.github.kmsrotation.run;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.journal.JournalEntry;

/** How a run stands that nobody executes: by the last thing that its journal tells. */
final class Standing {

  private final RunBook book;
  private final JournalEntry last;

  private Standing(RunBook book, JournalEntry last) {
    this.book = book;
    this.last = last;
  }

  static RotationReport of(RunBook book, JournalEntry last) {
    return book.state().isFinished() ? ended(book) : new Standing(book, last).report();
  }

  static RotationReport ended(RunBook book) {
    return book.state().isRollingBack()
        ? book.report(RunStatus.ROLLED_BACK, "This run was rolled back before.")
        : book.report(RunStatus.SUCCEEDED, "");
  }

  private RotationReport report() {
    return switch (last.type()) {
      case STEP_BLOCKED ->
          stopped(RunStatus.BLOCKED, blocked(last.value("reason"), last.value("remedy")));
      case STEP_FAILED -> stopped(RunStatus.FAILED, WayOn.after(failed(), book));
      case APPROVAL ->
          answer() == RunState.Answer.GRANTED
              ? underWay()
              : stopped(RunStatus.AWAITING_APPROVAL, unapproved());
      default -> underWay();
    };
  }

  private RotationReport stopped(RunStatus status, String reason) {
    return book.state().report(status, reason, last.at());
  }

  private String blocked(String reason, String remedy) {
    return ("Step '" + last.step() + "': " + reason + " " + remedy).strip();
  }

  private String failed() {
    String what = last.value("message");
    return "Step '" + last.step() + "' failed: " + (what.isEmpty() ? last.value("error") : what);
  }

  private RunState.Answer answer() {
    return StoredValues.constant(RunState.Answer.class, last, "answer");
  }

  private String unapproved() {
    return answer() == RunState.Answer.DENIED
        ? PhaseApproval.denied(last.value("phase"), last.value("reason"), book)
        : last.value("reason");
  }

  private RotationReport underWay() {
    return book.report(
        RunStatus.RUNNING,
        "It has not ended. The last thing that its journal tells, of "
            + InWords.at(last.at())
            + ": "
            + inWords()
            + ". Resume it"
            + WayOn.orRollBack(book));
  }

  private String inWords() {
    String step = "step '" + last.step() + "' ";
    return switch (last.type()) {
      case PLAN -> "its plan was stored";
      case STARTED -> "it was begun or taken up again";
      case APPROVAL -> last.value("phase") + " was approved by " + last.value("by");
      case ROLLBACK_STARTED -> "rolling back was begun";
      case STEP_STARTED -> step + "was begun";
      case STEP_WAITING -> step + "waited for " + last.value("kind") + " of '" + resource() + "'";
      case INTENT -> step + "was about to send " + call();
      case OUTCOME -> step + "had sent " + call() + ", outcome " + last.value("outcome");
      case STEP_CHECKPOINT -> step + "had come to a checkpoint";
      case STEP_DONE -> step + "was done";
      case STEP_UNDONE -> step + "was undone";
      case STEP_BLOCKED, STEP_FAILED, FINISHED, FLEET, FLEET_RUNS, SWEEP -> last.type().toString();
    };
  }

  private String call() {
    return last.value("operation") + " for '" + resource() + "'";
  }

  private String resource() {
    return last.value("resource");
  }
}
