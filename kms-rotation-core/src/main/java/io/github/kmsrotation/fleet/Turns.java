package io.github.kmsrotation.fleet;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.internal.TokenBucket;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When steps may begin for the rates of the calls that they make, so that runs wait for a turn
 * here, and not on the threads that others need. A step that turns out to make more calls waits for
 * those where they are sent. Safe for use by several threads.
 */
final class Turns {

  private record Turn(String step, Instant at, Duration pause) {}

  private final AwsCallSettings settings;
  private final Clock clock;
  private final Map<String, Optional<TokenBucket>> buckets = new ConcurrentHashMap<>();
  private final Map<RunId, Turn> turns = new ConcurrentHashMap<>();

  Turns(AwsCallSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** How long until the step's turn; empty if it may begin now. */
  Optional<Duration> until(RotationPlan plan, StepDescription step) {
    Turn turn =
        turns.compute(
            plan.runId(),
            (run, had) -> had != null && had.step().equals(step.id()) ? had : next(plan, step));
    return Optional.of(left(turn)).filter(left -> !left.isZero());
  }

  /** A clock that was put back makes nobody wait longer than he was told. */
  private Duration left(Turn turn) {
    Duration left = Duration.between(clock.instant(), turn.at());
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(turn.pause()) > 0 ? turn.pause() : left;
  }

  private Turn next(RotationPlan plan, StepDescription step) {
    Duration longest =
        step.calls().stream()
            .map(operation -> bucket(InFlight.place(plan), operation))
            .flatMap(Optional::stream)
            .map(TokenBucket::take)
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    return new Turn(step.id(), clock.instant().plus(longest), longest);
  }

  private Optional<TokenBucket> bucket(String place, String operation) {
    return buckets.computeIfAbsent(
        place + " " + operation,
        key ->
            settings
                .rateOf(operation)
                .map(rate -> new TokenBucket(rate.perSecond(), rate.burst(), clock)));
  }

  /** How long until the turn that a run was given. */
  Duration left(RunId run) {
    Turn turn = turns.get(run);
    return turn == null ? Duration.ZERO : left(turn);
  }

  void forget(RunId run) {
    turns.remove(run);
  }
}
