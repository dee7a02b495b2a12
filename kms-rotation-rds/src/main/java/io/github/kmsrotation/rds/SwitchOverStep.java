package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.rds.model.BlueGreenDeployment;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.InvalidBlueGreenDeploymentStateException;

/**
 * Has the green DB instance take the original's place and name. RDS holds back writes, waits until
 * green has all of them, and takes everything back if that lasts too long. The former stays, and
 * takes no writes. Backwards, both are renamed, as RDS switches in one direction only.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-switching.html">Switching
 *     a blue/green deployment</a>
 */
final class SwitchOverStep extends RdsStep {

  static final String ID = "switch-over";

  private final Deployments deployments;
  private final RenameStep newName;
  private final RenameStep formerName;

  SwitchOverStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Switch over: green becomes "
                + env.names().original()
                + ", the original "
                + env.names().asideName()
                + "; RDS takes it back if it lasts longer than "
                + env.options().switchoverTimeout().toSeconds()
                + " s",
            Phase.CUTOVER,
            List.of(Deployments.SWITCH),
            List.of(Deployments.DELETE, MODIFY),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.deployments = new Deployments(env);
    this.newName = RenameStep.takeOver(env);
    this.formerName = RenameStep.stepAside(env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> original = original(context);
    Optional<DBInstance> green = replacement(context);
    if (original.isEmpty() || green.isEmpty()) {
      return gone("The original or the replacement of " + names.original());
    }
    if (serves(green.get())) {
      return switched(original.get(), green.get());
    }
    Optional<BlueGreenDeployment> found = deployments.find(context);
    return found.isEmpty()
        ? gone("The blue/green deployment " + deployments.name())
        : advance(context, found.get(), original.get(), green.get());
  }

  private boolean serves(DBInstance green) {
    return green.dbInstanceIdentifier().equals(names.original());
  }

  private StepOutcome switched(DBInstance former, DBInstance green) {
    for (DBInstance one : List.of(former, green)) {
      if (!Rds.isAvailable(one)) {
        return waitFor(one);
      }
    }
    if (former.dbInstanceIdentifier().equals(names.original())) {
      return waitFor("rds:BlueGreenSwitchover", names.original(), "the names are being swapped");
    }
    return former.dbInstanceIdentifier().equals(names.asideName())
        ? StepOutcome.done()
        : StepOutcome.blocked(
            "The new DB instance serves as '"
                + names.original()
                + "', and the former is called '"
                + former.dbInstanceIdentifier()
                + "', not '"
                + names.asideName()
                + "'.",
            "Rename it to '" + names.asideName() + "' and resume, or roll back.");
  }

  private StepOutcome advance(
      StepContext context, BlueGreenDeployment deployment, DBInstance original, DBInstance green) {
    switch (deployment.status()) {
      case Deployments.SWITCHING, Deployments.SWITCHED -> {
        return deployments.waitFor("rds:BlueGreenSwitchover", deployment.status());
      }
      case Deployments.AVAILABLE -> {
        if (isSettling(context, Deployments.SWITCH, deployments.name())) {
          return deployments.waitFor("rds:BlueGreenSwitchover", "requested");
        }
      }
      case Deployments.SWITCH_FAILED -> {
        if (wasTriedBy(context)) {
          return failed(deployment);
        }
      }
      default -> {
        return StepOutcome.blocked(
            "The blue/green deployment is " + Deployments.inWords(deployment) + ".",
            "The original serves as before. Mend it and resume, or roll back.");
      }
    }
    return obstacle(context, original, green)
        .orElseGet(() -> send(context, deployment.blueGreenDeploymentIdentifier()));
  }

  /** Whoever resumes a run that was blocked tries again. */
  private boolean wasTriedBy(StepContext context) {
    return context
        .lastSent(Deployments.SWITCH, deployments.name())
        .filter(sent -> !sent.isBefore(context.begunAt()))
        .isPresent();
  }

  private static StepOutcome failed(BlueGreenDeployment deployment) {
    return StepOutcome.blocked(
        "RDS did not switch over: it is " + Deployments.inWords(deployment) + ".",
        "RDS has taken everything back: the original serves as before. Mend what it says and resume"
            + " to try again, or roll back.");
  }

  /** The verification may be days old, since the cutover awaits an approval. */
  private Optional<StepOutcome> obstacle(
      StepContext context, DBInstance original, DBInstance green) {
    return Fitness.ofOriginal(env, Optional.of(original), names.original())
        .or(() -> Fitness.ofReplacement(env, context, green.dbInstanceIdentifier()))
        .or(() -> othersThatFollow(original, green))
        .or(() -> Handover.differences(env, original, green));
  }

  /** A read replica that was made meanwhile would stay with the former. Green may look like one. */
  private static Optional<StepOutcome> othersThatFollow(DBInstance original, DBInstance green) {
    List<String> others =
        Stream.concat(
                original.readReplicaDBInstanceIdentifiers().stream(),
                original.readReplicaDBClusterIdentifiers().stream())
            .filter(replica -> !replica.equals(green.dbInstanceIdentifier()))
            .toList();
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                "The original has read replicas by now, which would stay with it: " + others + ".",
                "Delete them and resume, or roll back."));
  }

  private StepOutcome send(StepContext context, String deploymentId) {
    try {
      context.mutate(
          Deployments.SWITCH,
          deployments.name(),
          () ->
              rds.client()
                  .switchoverBlueGreenDeployment(
                      r ->
                          r.blueGreenDeploymentIdentifier(deploymentId)
                              .switchoverTimeout(
                                  (int) env.options().switchoverTimeout().toSeconds())));
    } catch (InvalidBlueGreenDeploymentStateException e) {
      Optional<BlueGreenDeployment> now = deployments.find(context);
      if (now.filter(d -> d.status().equals(Deployments.SWITCH_FAILED)).isPresent()) {
        return StepOutcome.blocked(
            "RDS does not switch over a deployment that is " + Deployments.inWords(now.get()) + ".",
            "The original serves as before. Roll back, and make a new plan.");
      }
      // A switchover whose answer was lost may be under way.
    }
    return deployments.waitFor("rds:BlueGreenSwitchover", "requested");
  }

  /** If green serves, the original gets its name back; RDS lets members of none be renamed only. */
  @Override
  public StepOutcome undo(StepContext context) {
    Optional<BlueGreenDeployment> deployment = deployments.find(context);
    boolean isUnderWay =
        deployment.filter(d -> d.status().equals(Deployments.SWITCHING)).isPresent()
            || isRequested(context, deployment);
    if (isUnderWay) {
      return deployments.waitFor("rds:BlueGreenSwitchover", "has to end first");
    }
    boolean isServing =
        original(context)
            .filter(original -> original.dbInstanceIdentifier().equals(names.original()))
            .isPresent();
    boolean isBack = isServing && replacement(context).filter(this::serves).isEmpty();
    if (isBack) {
      return StepOutcome.done();
    }
    Optional<StepOutcome> deletion = deployments.delete(context, false);
    if (deletion.isPresent()) {
      return deletion.get();
    }
    StepOutcome outOfTheWay = newName.undo(context);
    return outOfTheWay instanceof StepOutcome.Done ? formerName.undo(context) : outOfTheWay;
  }

  /** RDS may not show for a while what it was asked for. */
  private boolean isRequested(StepContext context, Optional<BlueGreenDeployment> deployment) {
    return deployment.filter(d -> d.status().equals(Deployments.AVAILABLE)).isPresent()
        && isSettling(context, Deployments.SWITCH, deployments.name());
  }
}
