package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.RotationPlan;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/** How far a run came and how to go on with it, in the words that end the reason of a report. */
final class WayOn {

  private static final Pattern SAYS_IT =
      Pattern.compile("\\bresume\\b|\\broll (it|this run) back\\b", Pattern.CASE_INSENSITIVE);

  private static final Set<StepStatus> BEGUN = EnumSet.of(StepStatus.STARTED, StepStatus.DONE);

  private WayOn() {}

  /** The reason of a run that failed, with its standard end. */
  static String after(String reason, RunBook book) {
    String wayOn = SAYS_IT.matcher(reason).find() ? "" : " Mend the cause, then " + calls(book);
    return sentence(reason) + " " + soFar(book) + wayOn;
  }

  private static String sentence(String reason) {
    String text = reason.strip();
    return text.matches("(?s).*[.!?]") ? text : text + ".";
  }

  private static String soFar(RunBook book) {
    RotationPlan plan = book.plan();
    RunState state = book.state();
    int all = plan.steps().size();
    if (state.isRollingBack()) {
      long left = plan.steps().stream().filter(step -> BEGUN.contains(state.status(step))).count();
      return "Steps still to be undone: " + left + " of " + all + ".";
    }
    long done = plan.steps().stream().filter(step -> state.status(step) == StepStatus.DONE).count();
    return "Steps done: "
        + done
        + " of "
        + all
        + state
            .irreversiblyBegun()
            .map(step -> "; step '" + step.id() + "' has sent what cannot be undone.")
            .orElse("; nothing irreversible was sent.");
  }

  private static String calls(RunBook book) {
    String run = "(\"" + book.plan().runId() + "\")";
    if (book.state().isRollingBack()) {
      return "resume" + run + ", which goes on rolling back.";
    }
    return "resume" + run + (mayRollBack(book) ? ", or rollBack" + run + "." : ".");
  }

  /** Ends a sentence that says to resume. */
  static String orRollBack(RunBook book) {
    return mayRollBack(book) ? ", or roll back." : ".";
  }

  private static boolean mayRollBack(RunBook book) {
    return !book.state().isRollingBack() && book.state().irreversiblyBegun().isEmpty();
  }
}
