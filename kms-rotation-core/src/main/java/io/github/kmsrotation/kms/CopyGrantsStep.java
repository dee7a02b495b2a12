package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/** Gives the principals who hold grants on the old key the same grants on the new one. */
final class CopyGrantsStep extends KeyStep {

  private static final String CREATE = "kms:CreateGrant";

  private final String where;

  CopyGrantsStep(Env env, String where) {
    super(
        new StepDescription(
            "copy-grants-" + where,
            "Create the old key's grants to IAM principals on the new key in " + where,
            Phase.COPY,
            List.of(CREATE),
            List.of("grants on the new key in " + where),
            Undo.UNDOABLE),
        env);
    this.where = where;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String newKey = Env.in(where, env.newKey(context).orElseThrow());
    if (kms.describe(context, where, newKey).isEmpty()) {
      return waitFor("kms:KeyVisible", newKey, "just made");
    }
    Set<List<Object>> there =
        kms.grants(context, where, newKey).stream()
            .map(grant -> Grants.form(String.valueOf(grant.name()), grant))
            .collect(Collectors.toSet());
    List<GrantListEntry> wanted =
        kms.grants(context, where, Env.in(where, env.key())).stream()
            .filter(Grants::canBeCopied)
            .toList();
    List<GrantListEntry> missing =
        wanted.stream()
            .filter(grant -> !there.contains(Grants.form(Grants.name(plan.runId(), grant), grant)))
            .toList();
    if (missing.isEmpty()) {
      return StepOutcome.done(Facts.of(Map.of("grants", String.valueOf(wanted.size()))));
    }
    try {
      missing.forEach(grant -> create(context, grant, newKey));
    } catch (NotFoundException e) {
      return waitFor("kms:KeyVisible", newKey, "just made");
    }
    return waitFor("kms:GrantsVisible", newKey, missing.size() + " not shown yet");
  }

  private void create(StepContext context, GrantListEntry grant, String newKey) {
    if (!isSettling(context, CREATE, grant.grantId())) {
      context.mutate(
          CREATE,
          grant.grantId(),
          () -> kms.in(where).createGrant(Grants.copy(plan.runId(), grant, newKey)));
    }
  }

  /** The grants go with the key. */
  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
