package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.VerifyStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/** The steps of the snapshot way, in order, from what the plan noted. */
final class EbsSteps {

  static final String OBSERVE_FOR = "observeFor";
  private static final String DELETES_SNAPSHOTS = "deletesFinalSnapshots";
  private static final String RATE = "volumeInitializationRate";

  private EbsSteps() {}

  static SortedMap<String, String> attributes(Subject subject, EbsOptions options) {
    SortedMap<String, String> attributes = subject.attributes();
    attributes.put(OBSERVE_FOR, options.observeFor().toString());
    attributes.put(DELETES_SNAPSHOTS, Boolean.toString(options.deletesFinalSnapshots()));
    attributes.put(
        RATE,
        options.initializationRate().isPresent()
            ? Integer.toString(options.initializationRate().getAsInt())
            : "");
    return attributes;
  }

  static OptionalInt initializationRate(RotationPlan plan) {
    String rate = plan.attribute(RATE);
    return rate.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(rate));
  }

  static List<Step> of(EbsStep.Env env) {
    if (CopyWay.isOf(env.plan())) {
      return CopyWay.steps(env);
    }
    Subject subject = env.subject();
    Power power = new Power(env);
    List<Step> steps = new ArrayList<>();
    Optional<FreezeStep> freeze =
        subject.isFrozen() ? Optional.of(FreezeStep.freeze(env, hook(env))) : Optional.empty();
    switch (subject.writes()) {
      case STOPPED_BY_RUN -> steps.add(StopStep.stop(consented(env), power));
      case STOPPED_ALREADY -> steps.add(StopStep.see(env, power));
      case FROZEN -> steps.add(freeze.orElseThrow());
      case UNATTACHED -> {}
    }
    BackInService backInService = new BackInService(subject, power, freeze);
    steps.add(new SnapshotsStep(env, backInService));
    subject.disks().forEach(disk -> steps.add(new CreateVolumeStep(env, disk, backInService)));
    steps.add(
        new VerifyStep(
            "verify-volumes",
            "Compare every attribute and tag, the KMS key, and where the data came from",
            Phase.VERIFY,
            new VolumesVerifier(env)));
    addCutover(steps, env, power);
    steps.add(new ObserveStep(env, Duration.parse(env.plan().attribute(OBSERVE_FOR))));
    subject.disks().forEach(disk -> steps.add(new RetireVolumeStep(env, disk)));
    steps.add(new CleanUpStep(env, Boolean.parseBoolean(env.plan().attribute(DELETES_SNAPSHOTS))));
    return steps;
  }

  private static void addCutover(List<Step> steps, EbsStep.Env env, Power power) {
    if (env.subject().instanceId().isEmpty()) {
      return;
    }
    env.subject().disks().forEach(disk -> steps.add(new SwapStep(env, disk)));
    if (env.subject().isStoppedByRun()) {
      steps.add(new StartStep(env, power));
    } else if (env.subject().isFrozen()) {
      steps.add(FreezeStep.thaw(env, hook(env)));
    }
  }

  static VolumeFreeze hook(EbsStep.Env env) {
    return env.options()
        .writeFreeze()
        .orElseThrow(
            () ->
                missing(
                    env,
                    "takes volumes out of use by a hook, which a plan cannot store",
                    "writeFreeze(...)"));
  }

  /** A plan is a file that others may write to: whether it stops an instance, the runner says. */
  private static EbsStep.Env consented(EbsStep.Env env) {
    if (!env.options().stopsInstance()) {
      throw missing(
          env,
          "stops the instance " + env.subject().instance() + ", and the runner does not allow that",
          "stopInstance()");
    }
    return env;
  }

  static MissingOptionException missing(EbsStep.Env env, String what, String option) {
    return new MissingOptionException(
        "The plan of run "
            + env.runId()
            + " "
            + what
            + ". Give it to the runner: RotationRunner.builder().with(EbsOptions.builder()."
            + option
            + ".build()).");
  }
}
