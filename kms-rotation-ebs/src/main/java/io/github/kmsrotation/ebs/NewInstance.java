package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.VerifyStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The steps of the way by a new instance, in order, from what the plan noted. */
final class NewInstance {

  private static final String PLANNED = "newInstance";
  private static final String FROM_TERMINATION = "protectFromTermination";
  private static final String FROM_STOP = "protectFromStop";

  private NewInstance() {}

  static Map<String, String> attributes(boolean isPlanned, Optional<Blueprint> original) {
    return Map.of(
        PLANNED, Boolean.toString(isPlanned),
        FROM_TERMINATION,
            Boolean.toString(original.filter(Blueprint::isProtectedFromTermination).isPresent()),
        FROM_STOP, Boolean.toString(original.filter(Blueprint::isProtectedFromStop).isPresent()));
  }

  static boolean isPlanned(RotationPlan plan) {
    return isSet(plan, PLANNED);
  }

  private static boolean isSet(RotationPlan plan, String attribute) {
    return plan.attributes().getOrDefault(attribute, "false").equals("true");
  }

  /** What the steps rely on and a plan cannot store. */
  record Hooks(Supplier<EbsStep.Env> consentToStop, Supplier<VolumeFreeze> freeze) {}

  static List<Step> steps(EbsStep.Env env, Hooks hooks, Duration observeFor, boolean deletesAll) {
    Subject subject = env.subject();
    Power power = new Power(env);
    List<Step> steps = new ArrayList<>();
    Optional<FreezeStep> freeze =
        subject.isFrozen()
            ? Optional.of(FreezeStep.freeze(env, hooks.freeze().get()))
            : Optional.empty();
    switch (subject.writes()) {
      case STOPPED_BY_RUN -> steps.add(StopStep.stop(hooks.consentToStop().get(), power));
      case FROZEN -> steps.add(freeze.orElseThrow());
      default -> checkLoss(env);
    }
    BackInService backInService = new BackInService(subject, power, freeze);
    Traffic traffic = new Traffic(env, trafficSwitch(env), backInService);
    steps.add(new ImageStep(env, backInService));
    steps.add(new LaunchStep(env, backInService));
    steps.add(
        new VerifyStep(
            "verify-instance",
            "Compare every setting of the instance, and of every volume its attributes, KMS key and"
                + " where the data came from",
            Phase.VERIFY,
            new LaunchVerifier(env)));
    if (subject.isFrozen()) {
      steps.add(new ThawSuccessorStep(env, hooks.freeze().get()));
    }
    steps.add(new RotateInStep(env, traffic));
    steps.add(new RotateOutStep(env, traffic));
    if (isSet(env.plan(), FROM_TERMINATION)) {
      steps.add(new ProtectStep(env, true));
    }
    if (isSet(env.plan(), FROM_STOP)) {
      steps.add(new ProtectStep(env, false));
    }
    steps.add(new ObserveInstanceStep(env, observeFor));
    steps.add(new TerminateStep(env));
    subject.disks().stream()
        .filter(disk -> !disk.deletedOnTermination())
        .forEach(disk -> steps.add(new RetireKeptVolumeStep(env, disk)));
    steps.add(new CleanUpInstanceStep(env, deletesAll));
    return steps;
  }

  private static TrafficSwitch trafficSwitch(EbsStep.Env env) {
    return env.options()
        .trafficSwitch()
        .orElseThrow(
            () ->
                EbsSteps.missing(
                    env,
                    "switches traffic to a new instance by a hook, which a plan cannot store",
                    "newInstance(...)"));
  }

  private static void checkLoss(EbsStep.Env env) {
    if (!env.options().isLosingWritesAccepted()) {
      MissingOptionException missing =
          EbsSteps.missing(
              env,
              "loses what is written after the snapshots, and the runner does not allow that",
              "iAcceptLosingWritesMadeAfterTheSnapshot()");
      throw missing;
    }
  }
}
