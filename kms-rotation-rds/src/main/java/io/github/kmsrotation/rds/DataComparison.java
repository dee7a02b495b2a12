package io.github.kmsrotation.rds;

import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.Verifier;
import io.github.kmsrotation.rds.data.DataVerifier;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** Runs the caller's {@link DataVerifier} on the two DB instances. */
final class DataComparison implements Verifier {

  private final RdsStep.Env env;
  private final DataVerifier verifier;

  DataComparison(RdsStep.Env env, DataVerifier verifier) {
    this.env = env;
    this.verifier = verifier;
  }

  @Override
  public Verification verify(StepContext context) {
    return Comparing.compare(
        verifier, endpoint(env.original(context)), endpoint(env.replacement(context)), state());
  }

  private String state() {
    boolean freezes = RdsSteps.freezes(env.plan());
    return "Nothing was cut over or deleted: '"
        + env.names().original()
        + "' serves unchanged, beside its copy '"
        + env.names().replacement()
        + "'"
        + (freezes ? ", and its writers are still frozen" : "")
        + ". Mend what failed and resume run "
        + env.plan().runId()
        + ", which compares anew; or roll it back, which deletes the copy"
        + (freezes ? " and lets writers go on." : ".");
  }

  private DatabaseEndpoint endpoint(Optional<DBInstance> instance) {
    return Rds.endpoint(
        instance.orElseThrow(
            () ->
                new UnexpectedAnswerException(
                    "The original or the replacement of "
                        + env.names().original()
                        + " is not there any more. Nothing was destroyed by this run.")));
  }
}
