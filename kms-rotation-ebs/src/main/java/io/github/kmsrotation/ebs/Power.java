package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;

/** Stops the instance and starts it, for whichever step asks. */
final class Power {

  static final String STOP = "ec2:StopInstances";
  static final String START = "ec2:StartInstances";

  /** When the instance was last started, which tells whether it was meanwhile. */
  static final String LAUNCH_TIME = "launchTime";

  /** One more than needed, as one may have been lost on its way. */
  private static final int MOST_STARTS = 2;

  private final EbsStep.Env env;
  private int startsHere;

  Power(EbsStep.Env env) {
    this.env = env;
  }

  private String id() {
    return env.subject().instance();
  }

  StepOutcome stop(StepContext context) {
    Optional<Instance> found = env.ec2().instance(context, id());
    if (found.isEmpty()) {
      return EbsStep.gone("The instance " + id());
    }
    Instance instance = found.get();
    return switch (instance.state().name()) {
      case STOPPED ->
          StepOutcome.done(Facts.of(Map.of(LAUNCH_TIME, instance.launchTime().toString())));
      case PENDING, STOPPING -> waitUntil("ec2:InstanceStopped", instance);
      case RUNNING -> sendStop(context, instance);
      default -> terminated(instance);
    };
  }

  private StepOutcome sendStop(StepContext context, Instance instance) {
    if (!EbsStep.isSettling(context, STOP, id())) {
      try {
        context.mutate(
            STOP, id(), () -> env.ec2().client().stopInstances(r -> r.instanceIds(id())));
      } catch (Ec2Exception e) {
        return refused(e, "ec2:InstanceStopped", instance);
      }
    }
    return waitUntil("ec2:InstanceStopped", instance);
  }

  StepOutcome start(StepContext context) {
    Optional<Instance> found = env.ec2().instance(context, id());
    if (found.isEmpty()) {
      return EbsStep.gone("The instance " + id());
    }
    Instance instance = found.get();
    return switch (instance.state().name()) {
      case RUNNING -> StepOutcome.done();
      case PENDING, STOPPING -> waitUntil("ec2:InstanceRunning", instance);
      case STOPPED -> sendStart(context, instance);
      default -> terminated(instance);
    };
  }

  private StepOutcome sendStart(StepContext context, Instance instance) {
    if (EbsStep.isSettling(context, START, id())) {
      return waitUntil("ec2:InstanceRunning", instance);
    }
    List<String> empty = emptyDevices(instance);
    if (!empty.isEmpty()) {
      return StepOutcome.blocked(
          "The instance " + id() + " has no volume at " + String.join(", ", empty) + ".",
          "It is left stopped. Attach the volume that belongs there and go on.");
    }
    if (startsHere >= MOST_STARTS) {
      return StepOutcome.blocked(
          "The instance " + id() + " was started and is stopped again: " + reason(instance) + ".",
          "Client.InternalError often means that the KMS key of a volume cannot be used: look at"
              + " the keys and their policies. Then resume, or roll back.");
    }
    startsHere++;
    try {
      context.mutate(
          START, id(), () -> env.ec2().client().startInstances(r -> r.instanceIds(id())));
    } catch (Ec2Exception e) {
      return refused(e, "ec2:InstanceRunning", instance);
    }
    return waitUntil("ec2:InstanceRunning", instance);
  }

  private List<String> emptyDevices(Instance instance) {
    List<String> taken =
        instance.blockDeviceMappings().stream()
            .map(InstanceBlockDeviceMapping::deviceName)
            .toList();
    return env.subject().disks().stream()
        .flatMap(disk -> disk.device().stream())
        .filter(device -> !taken.contains(device))
        .toList();
  }

  private StepOutcome refused(Ec2Exception refusal, String condition, Instance instance) {
    return switch (AwsFailure.errorCode(refusal)) {
      case "IncorrectInstanceState", "IncorrectState" -> waitUntil(condition, instance);
      case "OperationNotPermitted" ->
          StepOutcome.blocked(
              "EC2 does not let the instance " + id() + " be stopped or started: " + text(refusal),
              "Take its protection off, or stop or start it by hand, and go on.");
      default -> throw refusal;
    };
  }

  private static String text(Ec2Exception refusal) {
    return refusal.awsErrorDetails().errorMessage();
  }

  private static String reason(Instance instance) {
    return instance.stateReason() == null ? "no reason told" : instance.stateReason().message();
  }

  private StepOutcome waitUntil(String condition, Instance instance) {
    return env.waitFor(condition, id(), instance.state().nameAsString());
  }

  private StepOutcome terminated(Instance instance) {
    return StepOutcome.blocked(
        "The instance " + id() + " is " + instance.state().nameAsString() + ".",
        "Somebody else terminated it. Look which of its volumes are left, by hand.");
  }
}
