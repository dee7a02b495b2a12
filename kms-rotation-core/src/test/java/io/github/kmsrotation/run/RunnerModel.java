package io.github.kmsrotation.run;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the runner promises about a run of four steps that make a copy, compare it, switch to it and
 * destroy the original, as a machine of states and nothing else: no journal, no threads, no clock.
 */
final class RunnerModel {

  /** What happens to the first call of a command that is sent. */
  enum Disturbance {
    NONE,
    /** Not a call: the verifier sees a difference. */
    CONTENT_DIFFERS,
    REFUSED,
    REQUEST_LOST,
    ANSWER_LOST,
    /** The call took effect, and the code around it threw. */
    BROKEN
  }

  private enum StepOf {
    COPY("make-copy", "copy"),
    COMPARE("compare", ""),
    SWITCH("switch", "switched"),
    DESTROY("destroy", "original");

    final String id;
    final String thing;

    StepOf(String id, String thing) {
      this.id = id;
      this.thing = thing;
    }
  }

  private final Map<StepOf, StepStatus> steps = new EnumMap<>(StepOf.class);
  private final Set<String> things = new TreeSet<>(Set.of("original"));
  private final List<String> calls = new ArrayList<>();
  private boolean isBegun;
  private boolean isGoingBack;
  private boolean isFinished;
  private boolean isCutoverApproved;
  private boolean isRetireApproved;
  private boolean isDestructionSent;
  private Disturbance next = Disturbance.NONE;

  RunnerModel() {
    for (StepOf step : StepOf.values()) {
      steps.put(step, StepStatus.PENDING);
    }
  }

  boolean isBegun() {
    return isBegun;
  }

  boolean mayRollBack() {
    return !isDestructionSent;
  }

  List<String> steps() {
    return steps.entrySet().stream().map(step -> step.getKey().id + " " + step.getValue()).toList();
  }

  Set<String> things() {
    return things;
  }

  List<String> calls() {
    return calls;
  }

  RunStatus status() {
    return isFinished ? end() : RunStatus.RUNNING;
  }

  private RunStatus end() {
    return isGoingBack ? RunStatus.ROLLED_BACK : RunStatus.SUCCEEDED;
  }

  /**
   * Goes on, forwards or backwards.
   *
   * @return how it stops; empty if it is held before a step
   */
  Optional<RunStatus> goOn(Approval answer, Disturbance disturbance, Optional<String> heldBefore) {
    isBegun = true;
    if (isFinished) {
      return Optional.of(end());
    }
    next = disturbance;
    if (isGoingBack) {
      return Optional.of(backwards());
    }
    for (StepOf step : StepOf.values()) {
      if (steps.get(step) == StepStatus.DONE) {
        continue;
      }
      if (!isApproved(step, answer)) {
        return Optional.of(RunStatus.AWAITING_APPROVAL);
      }
      boolean isHalfACutover = step == StepOf.SWITCH && steps.get(step) == StepStatus.STARTED;
      if (!isHalfACutover && heldBefore.filter(step.id::equals).isPresent()) {
        return Optional.empty();
      }
      steps.put(step, StepStatus.STARTED);
      Optional<RunStatus> stop = forwards(step, disturbance);
      if (stop.isPresent()) {
        return stop;
      }
      steps.put(step, StepStatus.DONE);
    }
    isFinished = true;
    return Optional.of(RunStatus.SUCCEEDED);
  }

  private boolean isApproved(StepOf step, Approval answer) {
    boolean acceptsLoss = answer instanceof Approval.Irreversible;
    if (step == StepOf.SWITCH) {
      isCutoverApproved |= acceptsLoss || answer instanceof Approval.Granted;
      return isCutoverApproved;
    }
    if (step == StepOf.DESTROY) {
      isRetireApproved |= acceptsLoss;
      return isRetireApproved;
    }
    return true;
  }

  private Optional<RunStatus> forwards(StepOf step, Disturbance disturbance) {
    return switch (step) {
      case COMPARE ->
          disturbance == Disturbance.CONTENT_DIFFERS
              ? Optional.of(RunStatus.BLOCKED)
              : Optional.empty();
      case COPY, SWITCH -> untilItIs(step, true);
      case DESTROY -> untilItIs(step, false);
    };
  }

  /** Sends the call until the thing is there, or is not, and somebody saw the call through. */
  private Optional<RunStatus> untilItIs(StepOf step, boolean there) {
    while (things.contains(step.thing) != there) {
      Disturbance met = next;
      next = Disturbance.NONE;
      if (step == StepOf.DESTROY && met != Disturbance.REFUSED) {
        isDestructionSent = true;
      }
      boolean arrives = met != Disturbance.REFUSED && met != Disturbance.REQUEST_LOST;
      if (arrives) {
        calls.add((there ? "make " : "remove ") + step.thing);
        if (there) {
          things.add(step.thing);
        } else {
          things.remove(step.thing);
        }
      }
      if (met == Disturbance.REFUSED || met == Disturbance.BROKEN) {
        return Optional.of(RunStatus.FAILED);
      }
    }
    return Optional.empty();
  }

  RunStatus rollBack(Disturbance disturbance) {
    if (isFinished && isGoingBack) {
      return RunStatus.ROLLED_BACK;
    }
    isFinished = false;
    isGoingBack = true;
    next = disturbance;
    return backwards();
  }

  private RunStatus backwards() {
    for (StepOf step : List.of(StepOf.DESTROY, StepOf.SWITCH, StepOf.COMPARE, StepOf.COPY)) {
      boolean isToUndo =
          steps.get(step) == StepStatus.STARTED || steps.get(step) == StepStatus.DONE;
      if (isToUndo && (step == StepOf.SWITCH || step == StepOf.COPY)) {
        Optional<RunStatus> stop = untilItIs(step, false);
        if (stop.isPresent()) {
          return stop.get();
        }
      }
      if (isToUndo) {
        steps.put(step, StepStatus.UNDONE);
      }
    }
    isFinished = true;
    return RunStatus.ROLLED_BACK;
  }
}
