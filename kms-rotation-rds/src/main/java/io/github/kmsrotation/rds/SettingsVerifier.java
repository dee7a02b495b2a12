package io.github.kmsrotation.rds;

import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** Every setting, tag and role of the replacement is the original's, and its key is the new one. */
final class SettingsVerifier implements Verifier {

  private final RdsStep.Env env;

  SettingsVerifier(RdsStep.Env env) {
    this.env = env;
  }

  @Override
  public Verification verify(StepContext context) {
    DBInstance original = require(env.original(context));
    DBInstance replacement = require(env.replacement(context));
    List<Evidence> evidence = compare(original, replacement, env.names().way());
    evidence.add(
        new Evidence("KmsKeyId", env.targetKeyArn(), Settings.text(replacement.kmsKeyId())));
    evidence.add(new Evidence("DBInstanceStatus", Rds.AVAILABLE, replacement.dbInstanceStatus()));
    return Verification.of(evidence);
  }

  static List<Evidence> compare(DBInstance original, DBInstance replacement, RdsWay way) {
    List<Evidence> evidence = new ArrayList<>();
    for (Setting setting : Settings.kept(way)) {
      evidence.add(new Evidence(setting.name(), setting.of(original), setting.of(replacement)));
    }
    evidence.add(new Evidence("Roles", Settings.roles(original), Settings.roles(replacement)));
    evidence.add(new Evidence("Tags", Settings.tags(original), Settings.tags(replacement)));
    return evidence;
  }

  private DBInstance require(Optional<DBInstance> instance) {
    return instance.orElseThrow(
        () ->
            new UnexpectedAnswerException(
                "The original or the replacement of "
                    + env.names().original()
                    + " is not there any more. Nothing was destroyed by this run."));
  }
}
