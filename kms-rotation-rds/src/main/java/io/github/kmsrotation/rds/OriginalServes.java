package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * What rolling back sees to before it deletes anything: the original serves under its name, and its
 * writers write again. They do not wait for the cleaning up, which takes long and may be denied.
 * One for all steps of a binding, so that writers are thawed once in it.
 */
final class OriginalServes {

  private final RdsStep.Env env;
  private final Optional<WriteFreeze> hook;
  private final Absence absence = new Absence();
  private boolean isThawed;

  /**
   * @param hook thaws writers, where they were frozen
   */
  OriginalServes(RdsStep.Env env, Optional<WriteFreeze> hook) {
    this.env = env;
    this.hook = hook;
  }

  /** Empty once that is so. */
  Optional<StepOutcome> obstacle(StepContext context) {
    Optional<DBInstance> original = env.original(context);
    if (original.isEmpty() && !absence.isCertain(context)) {
      return Optional.of(RdsStep.waitUntilShown(env.names().original()));
    }
    Optional<StepOutcome> unfit = Fitness.ofOriginal(env, original, env.names().original());
    if (unfit.isEmpty()) {
      original.ifPresent(serving -> thaw(context, serving));
    }
    return unfit;
  }

  /**
   * Another run of the same DB instance relies on the silence of the writers, and lets them write
   * again at its own end.
   */
  void thaw(StepContext context, DBInstance serving) {
    boolean isMine =
        !isThawed && new OtherRuns(env.rds(), env.names()).under(context, serving).isEmpty();
    if (isMine) {
      hook.ifPresent(writers -> writers.thaw(Rds.endpoint(serving)));
    }
    isThawed = true;
  }

  boolean isThawed() {
    return isThawed;
  }
}
