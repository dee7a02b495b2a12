package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** Freezes writers or lets them write again, by the caller's hook; backwards the other way. */
final class FreezeStep extends RdsStep {

  private final BiConsumer<WriteFreeze, DatabaseEndpoint> forwards;
  private final BiConsumer<WriteFreeze, DatabaseEndpoint> backwards;
  private final WriteFreeze hook;

  /** Whether this process has called the hook already when rolling back. */
  private boolean undone;

  /** Since when RDS shows no DB instance of that name; it may show a new name late. */
  private Instant missingSince = Instant.MAX;

  /** Only the first freeze can meet another run. */
  private final Optional<OtherRuns> others;

  private FreezeStep(
      StepDescription description,
      Env env,
      WriteFreeze hook,
      Optional<OtherRuns> others,
      BiConsumer<WriteFreeze, DatabaseEndpoint> forwards,
      BiConsumer<WriteFreeze, DatabaseEndpoint> backwards) {
    super(description, env);
    this.hook = hook;
    this.others = others;
    this.forwards = forwards;
    this.backwards = backwards;
  }

  static FreezeStep freeze(Env env, WriteFreeze hook) {
    return new FreezeStep(
        describe("freeze-writes", "Stop everything that writes (your hook)", Phase.PREPARE),
        env,
        hook,
        Optional.of(new OtherRuns(env.rds(), env.names())),
        WriteFreeze::freeze,
        WriteFreeze::thaw);
  }

  static FreezeStep thaw(Env env, WriteFreeze hook) {
    return new FreezeStep(
        describe("thaw-writes", "Let writers write again (your hook)", Phase.CUTOVER),
        env,
        hook,
        Optional.empty(),
        WriteFreeze::thaw,
        WriteFreeze::freeze);
  }

  private static StepDescription describe(String id, String title, Phase phase) {
    return new StepDescription(id, title, phase, List.of(), List.of(), Undo.UNDOABLE);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return call(context, forwards, obstacle -> obstacle);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    if (undone) {
      return StepOutcome.done();
    }
    // The other run relies on the silence of the writers, and lets them write again at its own end.
    StepOutcome outcome = call(context, backwards, obstacle -> StepOutcome.done());
    undone = outcome instanceof StepOutcome.Done;
    return outcome;
  }

  private StepOutcome call(
      StepContext context,
      BiConsumer<WriteFreeze, DatabaseEndpoint> direction,
      UnaryOperator<StepOutcome> whenAnotherRunIsUnderWay) {
    Optional<DBInstance> serving = rds.instance(context, names.original());
    if (serving.isEmpty()) {
      Instant now = context.clock().instant();
      missingSince = missingSince.isAfter(now) ? now : missingSince;
      return now.isBefore(missingSince.plus(SETTLES_WITHIN))
          ? waitUntilShown(names.original())
          : gone("The DB instance " + names.original());
    }
    if (!Rds.isAvailable(serving.get())) {
      return waitFor(serving.get());
    }
    Optional<StepOutcome> obstacle =
        others.flatMap(other -> other.obstacle(context, serving.get()));
    if (obstacle.isPresent()) {
      return whenAnotherRunIsUnderWay.apply(obstacle.get());
    }
    direction.accept(hook, Rds.endpoint(serving.get()));
    return StepOutcome.done(Facts.none());
  }
}
