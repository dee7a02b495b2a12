package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.InvalidDbInstanceStateException;
import software.amazon.awssdk.services.rds.model.ModifyDbInstanceRequest;

/**
 * Gives the replacement what a restore cannot: the settings that only a modification takes, the
 * roles, and the reboot that a parameter group may need. Rolled back with the replacement itself.
 */
final class ApplySettingsStep extends RdsStep {

  private static final String MODIFY = "rds:ModifyDBInstance";
  private static final String ADD_ROLE = "rds:AddRoleToDBInstance";
  private static final String REBOOT = "rds:RebootDBInstance";
  private static final int MOST_ATTEMPTS = 5;

  ApplySettingsStep(Env env) {
    super(
        new StepDescription(
            "apply-settings",
            "Give the replacement the settings and roles that a restore cannot",
            Phase.COPY,
            List.of(MODIFY, ADD_ROLE, REBOOT),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> original = original(context);
    Optional<DBInstance> replacement = replacement(context);
    if (original.isEmpty() || replacement.isEmpty()) {
      return gone("The original or the replacement of " + names.original());
    }
    DBInstance instance = replacement.get();
    if (!Rds.isAvailable(instance)) {
      return waitFor(instance);
    }
    try {
      return applyMissing(context, original.get(), instance);
    } catch (InvalidDbInstanceStateException e) {
      return waitFor(instance);
    }
  }

  private StepOutcome applyMissing(StepContext context, DBInstance original, DBInstance instance) {
    List<Setting> missing =
        Settings.ALL.stream()
            .filter(setting -> setting.applies().test(original))
            .filter(setting -> setting.differs(original, instance))
            .toList();
    if (!missing.isEmpty() && changesAnything(missing, original)) {
      return modify(context, original, instance, missing);
    }
    Optional<StepOutcome> roles = addRole(context, original, instance);
    if (roles.isPresent()) {
      return roles.get();
    }
    if (needsReboot(instance)) {
      String identifier = instance.dbInstanceIdentifier();
      if (isSettling(context, REBOOT, identifier)) {
        return waitFor("rds:DBInstanceAvailable", identifier, "rebooting");
      }
      context.mutate(
          REBOOT,
          identifier,
          () -> rds.client().rebootDBInstance(r -> r.dbInstanceIdentifier(identifier)));
      return waitFor("rds:DBInstanceAvailable", identifier, "rebooting");
    }
    return StepOutcome.done();
  }

  private boolean changesAnything(List<Setting> missing, DBInstance original) {
    ModifyDbInstanceRequest.Builder empty = ModifyDbInstanceRequest.builder();
    ModifyDbInstanceRequest.Builder filled = ModifyDbInstanceRequest.builder();
    missing.forEach(setting -> setting.modify().accept(filled, original));
    return !filled.build().equals(empty.build());
  }

  private StepOutcome modify(
      StepContext context, DBInstance original, DBInstance instance, List<Setting> missing) {
    String identifier = instance.dbInstanceIdentifier();
    List<String> what = missing.stream().map(Setting::name).toList();
    if (isUnderWay(instance) || isSettling(context, MODIFY, identifier)) {
      return waitFor("rds:SettingsApplied", identifier, "pending " + what);
    }
    if (context.timesSent(MODIFY, identifier) >= MOST_ATTEMPTS) {
      return StepOutcome.blocked(
          "RDS took the modification of '"
              + identifier
              + "' "
              + MOST_ATTEMPTS
              + " times, and these settings still differ from the original's: "
              + what
              + ".",
          "Set them by hand and resume, or roll back.");
    }
    ModifyDbInstanceRequest.Builder request =
        ModifyDbInstanceRequest.builder().dbInstanceIdentifier(identifier).applyImmediately(true);
    missing.forEach(setting -> setting.modify().accept(request, original));
    context.mutate(MODIFY, identifier, () -> rds.client().modifyDBInstance(request.build()));
    return waitFor("rds:SettingsApplied", identifier, "requested " + what);
  }

  private static boolean isUnderWay(DBInstance instance) {
    return instance.pendingModifiedValues() != null
        && !instance
            .pendingModifiedValues()
            .equals(
                software.amazon.awssdk.services.rds.model.PendingModifiedValues.builder().build());
  }

  private Optional<StepOutcome> addRole(
      StepContext context, DBInstance original, DBInstance instance) {
    String identifier = instance.dbInstanceIdentifier();
    for (var role : original.associatedRoles()) {
      boolean has =
          instance.associatedRoles().stream()
              .anyMatch(
                  r ->
                      r.roleArn().equals(role.roleArn())
                          && r.featureName().equals(role.featureName()));
      if (!has) {
        String added = identifier + " " + role.featureName();
        if (isSettling(context, ADD_ROLE, added)) {
          return Optional.of(waitFor("rds:RoleAdded", identifier, role.featureName()));
        }
        if (context.timesSent(ADD_ROLE, added) >= MOST_ATTEMPTS) {
          return Optional.of(
              StepOutcome.blocked(
                  "The role for " + role.featureName() + " does not appear on " + identifier + ".",
                  "Add it by hand and resume, or roll back."));
        }
        try {
          context.mutate(
              ADD_ROLE,
              added,
              () ->
                  rds.client()
                      .addRoleToDBInstance(
                          r ->
                              r.dbInstanceIdentifier(identifier)
                                  .roleArn(role.roleArn())
                                  .featureName(role.featureName())));
        } catch (software.amazon.awssdk.services.rds.model.DbInstanceRoleAlreadyExistsException e) {
          // Added by an attempt whose answer was lost; not visible yet when this one looked.
        }
        return Optional.of(waitFor("rds:RoleAdded", identifier, role.featureName()));
      }
    }
    return Optional.empty();
  }

  private static boolean needsReboot(DBInstance instance) {
    return instance.dbParameterGroups().stream()
        .anyMatch(group -> "pending-reboot".equals(group.parameterApplyStatus()));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
