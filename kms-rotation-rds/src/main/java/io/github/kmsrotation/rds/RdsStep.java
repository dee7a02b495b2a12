package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/** What the RDS steps share: the plan's names, and looking at instances. */
abstract class RdsStep implements Step {

  static final String ORIGINAL_RESOURCE_ID = "originalResourceId";
  static final String REPLACEMENT_RESOURCE_ID = "replacementResourceId";

  static final String MODIFY = "rds:ModifyDBInstance";
  static final Duration SETTLES_WITHIN = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofSeconds(15);

  private final StepDescription description;
  final RotationPlan plan;
  final Rds rds;
  final RdsNames names;
  final Env env;

  RdsStep(StepDescription description, Env env) {
    this.description = description;
    this.plan = env.plan();
    this.rds = env.rds();
    this.names = env.names();
    this.env = env;
  }

  /** What a step is bound to. */
  record Env(RotationPlan plan, Rds rds, KmsClient kms, RdsNames names, RdsOptions options) {

    String targetKeyArn() {
      return plan.targetKeyArn().orElseThrow();
    }

    Optional<DBInstance> original(StepContext context) {
      return rds.instanceByResourceId(context, plan.attribute(ORIGINAL_RESOURCE_ID));
    }

    /** The replacement, once the step that makes it knows it. */
    Optional<DBInstance> replacement(StepContext context) {
      String maker = names.way() == RdsWay.BLUE_GREEN ? CreateDeploymentStep.ID : RestoreStep.ID;
      return context
          .factsOf(maker)
          .find(REPLACEMENT_RESOURCE_ID)
          .flatMap(id -> rds.instanceByResourceId(context, id));
    }

    StepOutcome waitFor(String kind, String resource, String seen) {
      return StepOutcome.waiting(new Condition(kind, resource, seen, POLL, options.patience()));
    }

    StepOutcome waitFor(DBInstance instance) {
      return waitFor(
          "rds:DBInstanceAvailable", instance.dbInstanceIdentifier(), instance.dbInstanceStatus());
    }
  }

  @Override
  public final StepDescription description() {
    return description;
  }

  final String targetKeyArn() {
    return env.targetKeyArn();
  }

  final Optional<DBInstance> original(StepContext context) {
    return env.original(context);
  }

  final Optional<DBInstance> replacement(StepContext context) {
    return env.replacement(context);
  }

  /**
   * Whether a change was sent so lately that RDS may not show it yet: DescribeDBInstances goes on
   * saying {@code available} for a while after a modification was taken.
   */
  static boolean isSettling(StepContext context, String operation, String resource) {
    return context.wasSentWithin(operation, resource, SETTLES_WITHIN);
  }

  final StepOutcome waitFor(String kind, String resource, String seen) {
    return env.waitFor(kind, resource, seen);
  }

  final StepOutcome waitFor(DBInstance instance) {
    return env.waitFor(instance);
  }

  /** RDS may not show for a while what it has, so a look that finds nothing proves nothing. */
  static StepOutcome waitUntilShown(String identifier) {
    return StepOutcome.waiting(
        new Condition("rds:DBInstanceFound", identifier, "not shown", POLL, SETTLES_WITHIN));
  }

  final StepOutcome waitFor(DBSnapshot snapshot) {
    return waitFor(
        "rds:DBSnapshotAvailable",
        snapshot.dbSnapshotIdentifier(),
        snapshot.status() + ", " + snapshot.percentProgress() + " %");
  }

  static boolean isProtected(DBInstance instance) {
    return Boolean.TRUE.equals(instance.deletionProtection());
  }

  final void setDeletionProtection(StepContext context, String identifier, boolean isProtected) {
    context.mutate(
        MODIFY,
        identifier,
        () ->
            rds.client()
                .modifyDBInstance(
                    r ->
                        r.dbInstanceIdentifier(identifier)
                            .deletionProtection(isProtected)
                            .applyImmediately(true)));
  }

  /** The tag proves that the run made it; without it nothing is deleted. */
  static StepOutcome untagged(String kind, String identifier, RdsNames names) {
    return StepOutcome.blocked(
        "The "
            + kind
            + " '"
            + identifier
            + "' was made by this run, and does not carry its tag "
            + names.tag().key()
            + "="
            + names.tag().value()
            + " any more.",
        "Somebody took it off, perhaps to keep it, so it is not deleted. Put the tag back or delete"
            + " it by hand, and go on.");
  }

  static StepOutcome gone(String what) {
    return StepOutcome.blocked(
        what + " is not there any more: somebody else deleted it.",
        "Roll back what is left of this run, or look at it by hand.");
  }
}
