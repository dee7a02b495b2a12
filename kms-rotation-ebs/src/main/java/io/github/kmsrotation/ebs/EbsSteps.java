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

/** The steps that replace volumes, in order, from what the plan noted. */
final class EbsSteps {

  static final String OBSERVE_FOR = "observeFor";
  private static final String DELETES_SNAPSHOTS = "deletesFinalSnapshots";
  private static final String RATE = "volumeInitializationRate";
  private static final String COPIES = "copyVolumes";
  private static final String RESTORES_FAST = "fastSnapshotRestore";

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
    attributes.put(COPIES, Boolean.toString(options.copiesVolumes()));
    attributes.put(RESTORES_FAST, Boolean.toString(options.restoresFast()));
    return attributes;
  }

  static boolean copiesVolumes(RotationPlan plan) {
    return Boolean.parseBoolean(plan.attribute(COPIES));
  }

  private static boolean restoresFast(RotationPlan plan) {
    return Boolean.parseBoolean(plan.attribute(RESTORES_FAST));
  }

  static OptionalInt initializationRate(RotationPlan plan) {
    String rate = plan.attribute(RATE);
    return rate.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(rate));
  }

  static List<Step> of(EbsStep.Env env) {
    if (CopyWay.isOf(env.plan())) {
      return CopyWay.steps(env);
    }
    if (NewInstance.isPlanned(env.plan())) {
      return NewInstance.steps(
          env,
          new NewInstance.Hooks(() -> consented(env), () -> hook(env)),
          Duration.parse(env.plan().attribute(OBSERVE_FOR)),
          Boolean.parseBoolean(env.plan().attribute(DELETES_SNAPSHOTS)));
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
      case LOST -> requireConsentToLoss(env);
      case UNATTACHED -> {}
    }
    BackInService backInService = new BackInService(subject, power, freeze);
    addMaking(steps, env, backInService);
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

  private static void addMaking(List<Step> steps, EbsStep.Env env, BackInService backInService) {
    List<Disk> disks = env.subject().disks();
    if (copiesVolumes(env.plan())) {
      disks.forEach(disk -> steps.add(new CopyVolumeStep(env, disk, backInService)));
    }
    steps.add(new SnapshotsStep(env, backInService));
    if (restoresFast(env.plan())) {
      steps.add(FastRestoreStep.enable(env, backInService));
    }
    disks.forEach(disk -> steps.add(new CreateVolumeStep(env, disk, backInService)));
    if (restoresFast(env.plan())) {
      steps.add(FastRestoreStep.disable(env, backInService));
    }
  }

  private static void addCutover(List<Step> steps, EbsStep.Env env, Power power) {
    if (env.subject().instanceId().isEmpty()) {
      return;
    }
    boolean replacesRoot = env.subject().replacesRoot();
    env.subject()
        .disks()
        .forEach(
            disk ->
                steps.add(
                    replacesRoot
                        ? new ReplaceRootStep(env, disk, power)
                        : new SwapStep(env, disk)));
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

  private static void requireConsentToLoss(EbsStep.Env env) {
    if (!env.options().isLosingWritesAccepted()) {
      throw missing(
          env,
          "loses what is written to the root volume of "
              + env.subject().instance()
              + " after its snapshot, and the runner does not accept that",
          "replaceRootVolume().iAcceptLosingWritesMadeAfterTheSnapshot()");
    }
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
