package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.BlueGreenDeployment;
import software.amazon.awssdk.services.rds.model.BlueGreenDeploymentNotFoundException;
import software.amazon.awssdk.services.rds.model.Filter;
import software.amazon.awssdk.services.rds.model.InvalidBlueGreenDeploymentStateException;

/** The blue/green deployment of a run, found by its name, which holds the run's id. */
final class Deployments {

  static final String CREATE = "rds:CreateBlueGreenDeployment";
  static final String SWITCH = "rds:SwitchoverBlueGreenDeployment";
  static final String DELETE = "rds:DeleteBlueGreenDeployment";

  static final String PROVISIONING = "PROVISIONING";
  static final String AVAILABLE = "AVAILABLE";
  static final String SWITCHING = "SWITCHOVER_IN_PROGRESS";
  static final String SWITCHED = "SWITCHOVER_COMPLETED";
  static final String SWITCH_FAILED = "SWITCHOVER_FAILED";
  private static final String DELETING = "DELETING";

  private final RdsStep.Env env;

  Deployments(RdsStep.Env env) {
    this.env = env;
  }

  String name() {
    return env.names().deployment();
  }

  Optional<BlueGreenDeployment> find(AwsReader reader) {
    Filter byName = Filter.builder().name("blue-green-deployment-name").values(name()).build();
    try {
      return reader
          .read(
              "rds:DescribeBlueGreenDeployments",
              () ->
                  env.rds()
                      .client()
                      .describeBlueGreenDeployments(r -> r.filters(byName))
                      .blueGreenDeployments())
          .stream()
          .findFirst();
    } catch (BlueGreenDeploymentNotFoundException e) {
      return Optional.empty();
    }
  }

  boolean isMine(BlueGreenDeployment deployment) {
    return env.names().isMine(deployment.tagList());
  }

  /** What RDS says of it, for people. */
  static String inWords(BlueGreenDeployment deployment) {
    String details = Settings.text(deployment.statusDetails());
    return deployment.status() + (details.isEmpty() ? "" : ", " + details);
  }

  StepOutcome waitFor(String kind, String seen) {
    return env.waitFor(kind, name(), seen);
  }

  /**
   * Deletes it, with its green DB instance or without.
   *
   * @return empty once it is gone
   */
  Optional<StepOutcome> delete(StepContext context, boolean withTarget) {
    Optional<BlueGreenDeployment> found = find(context);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    BlueGreenDeployment deployment = found.get();
    if (!isMine(deployment)) {
      return Optional.of(RdsStep.untagged("blue/green deployment", name(), env.names()));
    }
    if (deployment.status().equals(DELETING) || deployment.status().equals(SWITCHING)) {
      return Optional.of(waitFor("rds:BlueGreenDeploymentDeleted", deployment.status()));
    }
    if (!RdsStep.isSettling(context, DELETE, name())) {
      try {
        context.mutate(
            DELETE,
            name(),
            () ->
                env.rds()
                    .client()
                    .deleteBlueGreenDeployment(
                        r -> {
                          r.blueGreenDeploymentIdentifier(
                              deployment.blueGreenDeploymentIdentifier());
                          if (withTarget) {
                            r.deleteTarget(true);
                          }
                        }));
      } catch (BlueGreenDeploymentNotFoundException | InvalidBlueGreenDeploymentStateException e) {
        // A deletion whose answer was lost may be under way.
      }
    }
    return Optional.of(waitFor("rds:BlueGreenDeploymentDeleted", "requested"));
  }
}
