package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.RdsTarget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** Looks at everything that a plan rests on, and reports all that is in its way at once. */
final class RdsPlanning {

  private final PlanRequest<RdsTarget> request;
  private final RdsOptions options;
  private final Rds rds;
  private final RdsNames names;
  private final List<Notice> problems = new ArrayList<>();
  private final List<Notice> warnings = new ArrayList<>();

  RdsPlanning(PlanRequest<RdsTarget> request, RdsOptions options, Rds rds) {
    this.request = request;
    this.options = options;
    this.rds = rds;
    this.names = new RdsNames(request.target().id(), request.runId());
  }

  RotationPlan plan() {
    Optional<DBInstance> found = rds.instance(request.calls()::read, names.original());
    if (found.isEmpty()) {
      problem(
          names.original(),
          "There is no such DB instance.",
          "Check the name, and the Region and account of the client.");
      throw failed();
    }
    DBInstance original = found.get();
    String region = part(original.dbInstanceArn(), 3);
    RdsPreflight preflight = new RdsPreflight(request, options, rds, names, problems, warnings);
    preflight.check(original);
    TargetKey key =
        TargetKey.choose(
            request, names.original(), Optional.ofNullable(original.kmsKeyId()), region, problems);
    if (!problems.isEmpty()) {
      throw failed();
    }
    return build(original, region, key, key.arn().orElseThrow().value());
  }

  private RotationPlan build(
      DBInstance original, String region, TargetKey key, String targetKeyArn) {
    Instant now = request.clock().instant();
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), now)
            .target(RdsTarget.KIND, names.original())
            .place(region, part(original.dbInstanceArn(), 4))
            .keys(request.reason().name(), Optional.ofNullable(original.kmsKeyId()), targetKeyArn)
            .rationale(key.rationale())
            .warnings(warnings)
            .attributes(RdsSteps.attributes(original.dbiResourceId(), options));
    RdsStep.Env env = new RdsStep.Env(plan.build(), rds, names, options);
    return plan.steps(RdsSteps.of(env).stream().map(Step::description).toList()).build();
  }

  private void problem(String resource, String text, String remedy) {
    problems.add(new Notice(resource, text, remedy));
  }

  private PlanningException failed() {
    return new PlanningException("DB instance '" + names.original() + "'", problems);
  }

  private static String part(String arn, int index) {
    return arn.split(":", -1)[index];
  }
}
