package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which steps a plan has that imports material again, by what planning noted in it. */
final class KeyMaterialSteps {

  /** Whether the key can be used already, so that something can be made with it before. */
  static final String USABLE = "isUsable";

  private static final String MATERIALS = "keyMaterials";
  private static final String MISSING = "missing";
  private static final String UNNAMED = "unnamed";

  private KeyMaterialSteps() {}

  /**
   * Material to import again.
   *
   * @param id its id; empty for the only one of an asymmetric or HMAC key
   * @param expiresAt when it would expire; empty if it is missing now
   */
  record Wanted(Optional<String> id, Optional<Instant> expiresAt) {

    static Wanted parse(String text) {
      String[] parts = text.split(" ", -1);
      return new Wanted(
          Optional.of(parts[0]).filter(id -> !id.equals(UNNAMED)),
          Optional.of(parts[1]).filter(at -> !at.equals(MISSING)).map(Instant::parse));
    }

    @Override
    public String toString() {
      return id.orElse(UNNAMED) + " " + expiresAt.map(Instant::toString).orElse(MISSING);
    }
  }

  static SortedMap<String, String> attributes(String spec, boolean usable, List<Wanted> wanted) {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put(KeySteps.SPEC, spec);
    attributes.put(USABLE, String.valueOf(usable));
    attributes.put(MATERIALS, String.join(",", wanted.stream().map(Wanted::toString).toList()));
    return attributes;
  }

  static List<Step> of(KeyStep.Env env) {
    RotationPlan plan = env.plan();
    List<Step> steps = new ArrayList<>();
    if (isUsable(plan)) {
      steps.add(new ProbeStep(env));
    }
    for (String material : plan.attribute(MATERIALS).split(",", -1)) {
      steps.add(new ReimportStep(env, Wanted.parse(material)));
    }
    steps.add(new SeeUsableStep(env));
    return steps;
  }

  static boolean isUsable(RotationPlan plan) {
    return Boolean.parseBoolean(plan.attribute(USABLE));
  }
}
