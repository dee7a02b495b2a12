package io.github.kmsrotation.retire;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.error.MissingStrategyException;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.key.KeyState;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.KeyUsageSource;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.kms.KmsClient;

/** The steps of a retirement, by what planning noted in the plan. */
final class Retirement {

  static final String FORMER_STATE = "formerKeyState";
  static final String OBSERVE_FOR = "observeFor";
  static final String PENDING_WINDOW = "pendingWindowInDays";
  static final String LATE_USE_ACCEPTED = "lateUseAccepted";
  static final String SOURCES = "usageSources";

  private Retirement() {}

  static List<KeyUsageSource> sources() {
    return ServiceLoader.load(KeyUsageSource.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(KeyUsageSource::kind))
        .toList();
  }

  static String kinds(List<KeyUsageSource> sources) {
    return sources.stream().map(KeyUsageSource::kind).collect(Collectors.joining(","));
  }

  /** A run looks at no less than its plan did, and at no less than nothing without a word. */
  static void checkSources(
      RotationPlan plan, List<KeyUsageSource> sources, KeyRetirementOptions options) {
    if (sources.isEmpty() && !options.areUnaskedServicesAccepted()) {
      throw new MissingOptionException(
          "Run "
              + plan.runId()
              + " asks no service what it has under the key. Add artifacts such as kms-rotation-rds"
              + " to the class path and make a new plan, or give the runner KeyRetirementOptions"
              + " with iAcceptThatNoServiceIsAsked().");
    }
    List<String> present = sources.stream().map(KeyUsageSource::kind).toList();
    for (String kind : plan.attribute(SOURCES).split(",", -1)) {
      if (!kind.isEmpty() && !present.contains(kind)) {
        throw new MissingStrategyException(
            "Plan "
                + plan.runId()
                + " looked for what uses "
                + plan.targetId()
                + " in '"
                + kind
                + "', which is not on the class path. Add the artifact"
                + " io.github.kmsrotation:kms-rotation-"
                + kind
                + ".");
      }
    }
  }

  static List<Step> steps(
      RotationPlan plan,
      KmsClient client,
      List<KeyUsageSource> sources,
      KeyRetirementOptions options) {
    RetiredKey key = new RetiredKey(client, new KeyArn(plan.currentKeyArn().orElseThrow()));
    Inventory inventory =
        new Inventory(
            key,
            sources,
            options,
            Boolean.parseBoolean(plan.attribute(LATE_USE_ACCEPTED)),
            Optional.of(plan.createdAt()));
    return List.of(
        new InventoryStep(key, inventory),
        new DisableKeyStep(
            key, inventory, plan.attribute(FORMER_STATE).equals(KeyState.ENABLED.name())),
        new ObserveDisabledStep(key, inventory, Duration.parse(plan.attribute(OBSERVE_FOR))),
        new ScheduleDeletionStep(key, inventory, Integer.parseInt(plan.attribute(PENDING_WINDOW))));
  }
}
