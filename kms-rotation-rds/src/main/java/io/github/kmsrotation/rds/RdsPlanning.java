package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.Findings;
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
  private RdsNames names;
  private final Findings findings;

  RdsPlanning(PlanRequest<RdsTarget> request, RdsOptions options, Rds rds) {
    this.request = request;
    this.options = options;
    this.rds = rds;
    this.names = new RdsNames(request.target().id(), request.runId());
    this.findings = new Findings(request.target().id());
  }

  RotationPlan plan() {
    DBInstance original = original();
    String region = part(original.dbInstanceArn(), 3);
    List<String> rationale = chooseWay(original);
    new RdsPreflight(request, options, rds, names, findings).check(original);
    TargetKey key =
        TargetKey.choose(request, Optional.ofNullable(original.kmsKeyId()), region, findings);
    findings.throwIfAny(what());
    rationale.addAll(0, key.rationale());
    return build(original, region, rationale, key.arn().orElseThrow().value());
  }

  /** Sentences that say why. */
  private List<String> chooseWay(DBInstance original) {
    List<String> rationale = new ArrayList<>();
    if (options.blueGreen() == BlueGreen.NEVER) {
      return rationale;
    }
    List<String> obstacles = new ArrayList<>();
    findings.check(
        () -> obstacles.addAll(BlueGreenFitness.obstacles(original, rds, request.calls(), names)));
    if (options.blueGreen() == BlueGreen.REQUIRED) {
      obstacles.forEach(
          obstacle ->
              findings.problem(
                  obstacle,
                  "Mend that, or say blueGreen(BlueGreen.PREFERRED), which goes by DB snapshots"
                      + " then."));
    } else {
      obstacles.addAll(BlueGreenFitness.wishes(options));
      if (!obstacles.isEmpty()) {
        rationale.add("It goes by DB snapshots and no blue/green deployment: ");
        rationale.addAll(obstacles);
        return rationale;
      }
    }
    names = new RdsNames(names.original(), names.runId(), RdsWay.BLUE_GREEN);
    rationale.add(
        "A blue/green deployment moves it without losing a write: RDS can make one, and it stops"
            + " writes for about a minute.");
    return rationale;
  }

  private DBInstance original() {
    Optional<Optional<DBInstance>> found =
        findings.look(() -> rds.instance(request.calls(), names.original()));
    if (found.isPresent() && found.get().isEmpty()) {
      findings.problem(
          "There is no such DB instance.",
          "Check the name, and the Region and account of the client.");
    }
    findings.throwIfAny(what());
    return found.orElseThrow().orElseThrow();
  }

  private RotationPlan build(
      DBInstance original, String region, List<String> rationale, String targetKeyArn) {
    Instant now = request.clock().instant();
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), now)
            .target(RdsTarget.KIND, names.original())
            .place(region, part(original.dbInstanceArn(), 4))
            .keys(
                request.why().name(),
                Optional.ofNullable(original.kmsKeyId()),
                Optional.of(targetKeyArn))
            .rationale(rationale)
            .warnings(findings.warnings())
            .attributes(RdsSteps.attributes(original.dbiResourceId(), names.way(), options));
    RdsStep.Env env = new RdsStep.Env(plan.build(), rds, request.kms(), names, options);
    return plan.steps(RdsSteps.of(env).stream().map(Step::description).toList()).build();
  }

  private String what() {
    return "DB instance '" + names.original() + "'";
  }

  private static String part(String arn, int index) {
    return arn.split(":", -1)[index];
  }
}
