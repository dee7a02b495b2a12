package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Traffic between the original and the new instance. On the way back, where writes matter, the new
 * instance is out before the original is in, so that no two instances take writes; where they do
 * not, the original is in first, so that there is no outage.
 */
final class Traffic {

  /** A deregistration delay is one hour at most, and an instance that is well is so in less. */
  private static final Duration MOST = Duration.ofHours(2);

  private static final Duration POLL = Duration.ofSeconds(15);

  private final EbsStep.Env env;
  private final TrafficSwitch by;
  private final BackInService backInService;
  private boolean isBack;

  Traffic(EbsStep.Env env, TrafficSwitch by, BackInService backInService) {
    this.env = env;
    this.by = by;
    this.backInService = backInService;
  }

  List<String> calls() {
    return by.calls();
  }

  List<String> undoCalls() {
    List<String> calls = new ArrayList<>(backInService.calls());
    calls.removeAll(by.calls());
    return calls;
  }

  /** Empty once the instance serves. */
  Optional<StepOutcome> in(StepContext context, String instanceId) {
    return by.rotateIn(instanceId, context)
        .map(seen -> wait("traffic:InService", instanceId, seen));
  }

  /** Empty once the instance does not. */
  Optional<StepOutcome> out(StepContext context, String instanceId) {
    return by.rotateOut(instanceId, context)
        .map(seen -> wait("traffic:OutOfService", instanceId, seen));
  }

  private StepOutcome wait(String kind, String instanceId, String seen) {
    Duration patience = env.options().patience();
    return StepOutcome.waiting(
        new Condition(
            kind, instanceId, seen, POLL, patience.compareTo(MOST) < 0 ? patience : MOST));
  }

  /** Done once the original has the traffic again, and the new instance has none. */
  StepOutcome back(StepContext context) {
    if (isBack) {
      return StepOutcome.done();
    }
    String original = env.subject().instance();
    String successor = Successor.id(context);
    Optional<StepOutcome> missing =
        env.subject().writes() == Writes.LOST
            ? in(context, original).or(() -> out(context, successor))
            : out(context, successor)
                .or(() -> backInService.missing(context))
                .or(() -> in(context, original));
    isBack = missing.isEmpty();
    return missing.orElseGet(StepOutcome::done);
  }
}
