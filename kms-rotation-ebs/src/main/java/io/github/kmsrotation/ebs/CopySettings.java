package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.RotationPlan;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the plan of a copy notes.
 *
 * @param sharing with whom the original is shared
 * @param snapshotIds the original snapshots
 * @param completionMinutes within how many minutes each copy is to be completed
 * @param observeFor how long the copy is looked at before the original can go
 */
record CopySettings(
    Sharing sharing,
    List<String> snapshotIds,
    Optional<Integer> completionMinutes,
    Duration observeFor) {

  private static final String SHARED_WITH = "sharedWith";
  private static final String SNAPSHOTS = "snapshots";
  private static final String COMPLETION = "completionDurationMinutes";
  private static final String OBSERVE_FOR = "observeFor";

  static SortedMap<String, String> attributes(
      EbsOptions options, Sharing sharing, List<String> snapshotIds) {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put(SHARED_WITH, sharing.stored());
    attributes.put(SNAPSHOTS, String.join(" ", snapshotIds));
    attributes.put(
        COMPLETION, options.completionDuration().map(d -> "" + d.toMinutes()).orElse(""));
    attributes.put(OBSERVE_FOR, options.observeFor().toString());
    return attributes;
  }

  static CopySettings of(RotationPlan plan) {
    return new CopySettings(
        Sharing.read(plan.attribute(SHARED_WITH)),
        Arrays.asList(plan.attribute(SNAPSHOTS).split(" ", -1)),
        Optional.of(plan.attribute(COMPLETION)).filter(m -> !m.isEmpty()).map(Integer::valueOf),
        Duration.parse(plan.attribute(OBSERVE_FOR)));
  }
}
