package io.github.kmsrotation.plan;

/**
 * One step of a plan. A step is reconciled, not executed: {@link #advance} looks at the world, does
 * what is missing, and says how far it is. Calling it again is harmless at any time, after a crash,
 * after a lost answer, or in a new process. Resources that it makes carry a name or a tag derived
 * from the run, so that the next call finds them instead of making more.
 *
 * <p>The runner calls a step from one thread at a time.
 */
public interface Step {

  /**
   * What the step does, as data. The same for every call.
   *
   * @return the definition
   */
  StepDescription description();

  /**
   * Brings the world closer to what the step stands for.
   *
   * @param context what the runner lends
   * @return how far it is
   */
  StepOutcome advance(StepContext context);

  /**
   * The same contract backwards: removes what the step made, gives back what it took. Called for
   * steps that were at least begun, in reverse order. The facts of its outcome, such as what had to
   * stay, take the place of the step's former ones.
   *
   * @param context what the runner lends
   * @return how far it is
   */
  StepOutcome undo(StepContext context);
}
