package io.github.kmsrotation.rds;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.rds.data.DataVerifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The steps of either way, in order, from what the plan noted. */
final class RdsSteps {

  private static final String FREEZES_WRITES = "freezesWrites";
  private static final String VERIFIES_DATA = "verifiesData";
  private static final String OBSERVE_FOR = "observeFor";

  private RdsSteps() {}

  static SortedMap<String, String> attributes(
      String originalResourceId, RdsWay way, RdsOptions options) {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put(RdsStep.ORIGINAL_RESOURCE_ID, originalResourceId);
    way.note(attributes);
    boolean hasHooks = way == RdsWay.SNAPSHOT;
    attributes.put(FREEZES_WRITES, Boolean.toString(hasHooks && options.writeFreeze().isPresent()));
    attributes.put(VERIFIES_DATA, Boolean.toString(hasHooks && options.dataVerifier().isPresent()));
    attributes.put(OBSERVE_FOR, options.observeFor().toString());
    return attributes;
  }

  static boolean freezes(RotationPlan plan) {
    return Boolean.parseBoolean(plan.attribute(FREEZES_WRITES));
  }

  static List<Step> of(RdsStep.Env env) {
    return env.names().way() == RdsWay.BLUE_GREEN ? byDeployment(env) : bySnapshot(env);
  }

  private static List<Step> byDeployment(RdsStep.Env env) {
    return List.of(
        new CreateDeploymentStep(env, new OriginalServes(env, Optional.empty())),
        new ApplySettingsStep(env),
        settingsVerified(env),
        new SwitchOverStep(env),
        new DeleteDeploymentStep(env),
        new ObserveStep(env, Duration.parse(env.plan().attribute(OBSERVE_FOR))),
        new BeforeRetireStep(env),
        new UnprotectStep(env),
        new RetireInstanceStep(env),
        CleanUpStep.withoutSnapshots(env));
  }

  private static Step settingsVerified(RdsStep.Env env) {
    return new ComparisonStep(
        "verify-settings",
        "Compare every setting, tag and role, and the KMS key",
        Phase.VERIFY,
        env,
        new SettingsVerifier(env));
  }

  private static List<Step> bySnapshot(RdsStep.Env env) {
    RotationPlan plan = env.plan();
    boolean freezes = freezes(plan);
    boolean comparesData = Boolean.parseBoolean(plan.attribute(VERIFIES_DATA));
    requireConsent(env, freezes, comparesData);
    List<Step> steps = new ArrayList<>();
    OriginalServes originalServes =
        new OriginalServes(env, freezes ? Optional.of(hook(env)) : Optional.empty());
    if (freezes) {
      steps.add(new FreezeStep(env, hook(env), originalServes));
    }
    steps.add(new CreateSnapshotStep(env, originalServes));
    steps.add(new CopySnapshotStep(env, originalServes));
    steps.add(new RestoreStep(env, originalServes));
    steps.add(new ApplySettingsStep(env));
    steps.add(settingsVerified(env));
    if (comparesData) {
      steps.add(
          new ComparisonStep(
              "verify-data",
              "Compare the data of both databases",
              Phase.VERIFY,
              env,
              new DataComparison(env, verifier(env))));
    }
    if (freezes && comparesData) {
      steps.add(new NoWritesStep(env, verifier(env)));
    }
    steps.add(RenameStep.stepAside(env));
    steps.add(RenameStep.takeOver(env));
    if (freezes) {
      steps.add(new ThawStep(env, hook(env)));
    }
    steps.add(new ObserveStep(env, Duration.parse(plan.attribute(OBSERVE_FOR))));
    steps.add(new BeforeRetireStep(env));
    if (freezes && comparesData) {
      steps.add(new OriginalUnwrittenStep(env, verifier(env)));
    }
    steps.add(new UnprotectStep(env));
    steps.add(new RetireInstanceStep(env));
    steps.add(CleanUpStep.withSnapshots(env));
    return steps;
  }

  /** A plan is a file that others may write to: what it leaves out, the runner has to accept. */
  private static void requireConsent(RdsStep.Env env, boolean freezes, boolean comparesData) {
    if (!freezes && !env.options().isLosingWritesAccepted()) {
      throw unaccepted(
          env.plan().runId(), "writeFreeze", "iAcceptLosingWritesMadeAfterTheSnapshot");
    }
    if (!comparesData && !env.options().isUnverifiedDataAccepted()) {
      throw unaccepted(env.plan().runId(), "verifyData", "iAcceptThatTheDataIsNotCompared");
    }
  }

  private static MissingOptionException unaccepted(RunId runId, String option, String consent) {
    return new MissingOptionException(
        "The plan of run "
            + runId
            + " does without "
            + option
            + ", and the runner does not accept that. Make a new plan with "
            + option
            + ", or give the runner the consent: RotationRunner.builder()"
            + ".with(RdsOptions.builder()."
            + consent
            + "().build()).");
  }

  private static WriteFreeze hook(RdsStep.Env env) {
    return env.options()
        .writeFreeze()
        .orElseThrow(() -> missing(env.plan().runId(), "writeFreeze"));
  }

  private static DataVerifier verifier(RdsStep.Env env) {
    return env.options()
        .dataVerifier()
        .orElseThrow(() -> missing(env.plan().runId(), "verifyData"));
  }

  private static MissingOptionException missing(RunId runId, String option) {
    return new MissingOptionException(
        "Run "
            + runId
            + " was planned with "
            + option
            + ", which a plan cannot store. Give it to the runner: RotationRunner.builder()"
            + ".with(RdsOptions.builder()."
            + option
            + "(...).build()).");
  }
}
