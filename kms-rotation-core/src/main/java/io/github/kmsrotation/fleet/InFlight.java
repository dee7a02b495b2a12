package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.RotationPlan;
import java.util.HashMap;
import java.util.Map;

/** Counts the runs in flight against the limits. Used by one thread. */
final class InFlight {

  private final FleetLimits limits;
  private final Map<String, Integer> byRegion = new HashMap<>();
  private final Map<String, Integer> byKind = new HashMap<>();
  private int all;

  InFlight(FleetLimits limits) {
    this.limits = limits;
  }

  boolean hasRoomFor(RotationPlan plan) {
    return all < limits.inFlight()
        && byRegion.getOrDefault(place(plan), 0) < limits.inRegion(plan.region())
        && byKind.getOrDefault(plan.kind(), 0) < limits.ofKind(plan.kind());
  }

  void enter(RotationPlan plan) {
    count(plan, 1);
  }

  void leave(RotationPlan plan) {
    count(plan, -1);
  }

  private void count(RotationPlan plan, int one) {
    all += one;
    byRegion.merge(place(plan), one, Integer::sum);
    byKind.merge(plan.kind(), one, Integer::sum);
  }

  int count() {
    return all;
  }

  static String place(RotationPlan plan) {
    return plan.accountId() + "/" + plan.region();
  }
}
