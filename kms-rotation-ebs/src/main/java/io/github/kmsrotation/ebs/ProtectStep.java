package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;

/** Protects the new instance, now that it serves, as the original is; backwards, no longer. */
final class ProtectStep extends EbsStep {

  private static final String MODIFY = "ec2:ModifyInstanceAttribute";

  private final boolean fromTermination;

  ProtectStep(Env env, boolean fromTermination) {
    super(
        new StepDescription(
            fromTermination ? "protect-from-termination" : "protect-from-stop",
            "Protect the new instance from being "
                + (fromTermination ? "terminated" : "stopped")
                + " through the API",
            Phase.CUTOVER,
            List.of(MODIFY),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.fromTermination = fromTermination;
  }

  private StepOutcome set(StepContext context, boolean wanted) {
    String id = Successor.id(context);
    if (ec2.instance(context, id).filter(LaunchStep::isAlive).isEmpty()) {
      return wanted ? gone("The new instance " + id) : StepOutcome.done();
    }
    InstanceAttributeName name =
        fromTermination
            ? InstanceAttributeName.DISABLE_API_TERMINATION
            : InstanceAttributeName.DISABLE_API_STOP;
    if (Blueprint.isSet(ec2, context, id, name) == wanted) {
      return StepOutcome.done();
    }
    if (!isSettling(context, MODIFY, id)) {
      context.mutate(
          MODIFY,
          id,
          () ->
              ec2.client()
                  .modifyInstanceAttribute(
                      r -> {
                        r.instanceId(id);
                        if (fromTermination) {
                          r.disableApiTermination(v -> v.value(wanted));
                        } else {
                          r.disableApiStop(v -> v.value(wanted));
                        }
                      }));
    }
    return waitFor("ec2:ProtectionSet", id, "requested");
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return set(context, true);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return set(context, false);
  }
}
