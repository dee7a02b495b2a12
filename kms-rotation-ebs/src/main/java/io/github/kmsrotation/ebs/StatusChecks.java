package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.InstanceStatus;
import software.amazon.awssdk.services.ec2.model.SummaryStatus;

/**
 * The status checks of an instance.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html">Status
 *     checks</a>
 */
record StatusChecks(EbsStep.Env env, String instanceId) {

  private static final String OK = "ok, ok";

  /** Empty if they are passed; else what to wait for, or what is the matter. */
  Optional<StepOutcome> unwell(StepContext context, List<Evidence> evidence) {
    Optional<InstanceStatus> status = env.ec2().status(context, instanceId);
    String checks = status.map(StatusChecks::text).orElse("not shown");
    if (status.isEmpty() || isPassing(status.get())) {
      return Optional.of(env.waitFor("ec2:InstanceStatusOk", instanceId, checks));
    }
    evidence.add(new Evidence("status checks of " + instanceId, OK, checks));
    return checks.equals(OK)
        ? Optional.empty()
        : Optional.of(
            new StepOutcome.Blocked(
                "The instance " + instanceId + " does not pass its status checks: " + checks + ".",
                "Look at its console output. Resume when it is mended, or roll back.",
                evidence));
  }

  private static String text(InstanceStatus status) {
    return status.systemStatus().statusAsString() + ", " + status.instanceStatus().statusAsString();
  }

  /** A state that passes by itself. */
  private static boolean isPassing(InstanceStatus status) {
    return Stream.of(status.systemStatus().status(), status.instanceStatus().status())
        .anyMatch(s -> s == SummaryStatus.INITIALIZING || s == SummaryStatus.INSUFFICIENT_DATA);
  }
}
