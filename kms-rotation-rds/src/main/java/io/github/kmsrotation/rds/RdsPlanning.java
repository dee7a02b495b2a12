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
  private final RdsNames target;
  private final Findings findings;

  RdsPlanning(PlanRequest<RdsTarget> request, RdsOptions options, Rds rds) {
    this.request = request;
    this.options = options;
    this.rds = rds;
    this.target = new RdsNames(request.target().id(), request.runId());
    this.findings = new Findings(request.target().id());
  }

  RotationPlan plan() {
    DBInstance original = original();
    String region = part(original.dbInstanceArn(), 3);
    Choice choice = chooseWay(original);
    RdsNames names = new RdsNames(target.original(), target.runId(), choice.way());
    new RdsPreflight(request, options, rds, names, findings).check(original);
    TargetKey key =
        TargetKey.choose(request, Optional.ofNullable(original.kmsKeyId()), region, findings);
    findings.throwIfAny(what());
    List<String> rationale = new ArrayList<>(key.rationale());
    rationale.addAll(choice.rationale());
    return build(original, region, names, rationale, key.arn().orElseThrow().value());
  }

  /** A way, and sentences that say why. */
  private record Choice(RdsWay way, List<String> rationale) {}

  private Choice chooseWay(DBInstance original) {
    if (options.blueGreen() == BlueGreen.NEVER) {
      return new Choice(RdsWay.SNAPSHOT, List.of());
    }
    List<String> obstacles = new ArrayList<>();
    findings.check(
        () -> obstacles.addAll(BlueGreenFitness.obstacles(original, rds, request.calls(), target)));
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
        obstacles.add(0, "It goes by DB snapshots and no blue/green deployment: ");
        return new Choice(RdsWay.SNAPSHOT, obstacles);
      }
    }
    return new Choice(
        RdsWay.BLUE_GREEN,
        List.of(
            "A blue/green deployment moves it without losing a write: RDS can make one, and it"
                + " stops writes for about a minute."));
  }

  private DBInstance original() {
    Optional<Optional<DBInstance>> found =
        findings.look(() -> rds.instance(request.calls(), target.original()));
    if (found.isPresent() && found.get().isEmpty()) {
      findings.problem(
          "There is no such DB instance.",
          "Check the name, and the Region and account of the client.");
    }
    findings.throwIfAny(what());
    return found.orElseThrow().orElseThrow();
  }

  private RotationPlan build(
      DBInstance original,
      String region,
      RdsNames names,
      List<String> rationale,
      String targetKeyArn) {
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
    return "DB instance '" + target.original() + "'";
  }

  private static String part(String arn, int index) {
    return arn.split(":", -1)[index];
  }
}
