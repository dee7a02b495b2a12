package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunInProgress;
import io.github.kmsrotation.run.Tick;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run as the fleet sees it. Belongs to the fleet's thread, and to one worker while it is
 * ticked; what is handed over goes through queues.
 */
final class FleetRun {

  static final Comparator<FleetRun> BY_DUE =
      Comparator.comparing((FleetRun run) -> run.due).thenComparing(run -> run.index);

  /** What was begun goes before what was not, since it may hold a freeze. */
  static final Comparator<FleetRun> BY_TURN =
      Comparator.comparing((FleetRun run) -> !run.begun).thenComparing(run -> run.index);

  private static final Logger LOG = LoggerFactory.getLogger(FleetRun.class);

  private final int index;
  private final int wave;
  private final RotationPlan plan;
  private final SplittableRandom jitter;
  private boolean begun;
  private Duration due = Duration.ZERO;
  private Optional<RunInProgress> progress = Optional.empty();
  private Optional<Tick> last = Optional.empty();

  FleetRun(int index, int wave, RotationPlan plan, boolean begun, long seed) {
    this.index = index;
    this.wave = wave;
    this.plan = plan;
    this.begun = begun;
    this.jitter = new SplittableRandom(seed ^ plan.runId().hashCode());
  }

  int index() {
    return index;
  }

  int wave() {
    return wave;
  }

  RotationPlan plan() {
    return plan;
  }

  RunId id() {
    return plan.runId();
  }

  boolean isBegun() {
    return begun;
  }

  Duration due() {
    return due;
  }

  void dueAt(Duration elapsed) {
    this.due = elapsed;
  }

  /** A pause of a tenth more or less, so that what was begun together is not looked at together. */
  Duration jittered(Duration pause) {
    return Duration.ofMillis((long) (pause.toMillis() * (0.9 + 0.2 * jitter.nextDouble())));
  }

  /** On a worker. */
  Tick tick(RotationRunner runner) {
    begun = true;
    if (progress.isEmpty()) {
      progress = Optional.of(runner.takeUp(plan));
    }
    Tick tick = progress.get().tick();
    last = Optional.of(tick).filter(reached -> !(reached instanceof Tick.Ended));
    return tick;
  }

  /** Whether it stands within its CUTOVER, where stopping would be an outage. */
  boolean isInCutover() {
    return last.isPresent()
        && last.get() instanceof Tick.Waiting waiting
        && waiting.step().phase() == Phase.CUTOVER;
  }

  String whereItStands() {
    if (last.isPresent() && last.get() instanceof Tick.Waiting waiting) {
      return "in step '" + waiting.step().id() + "'";
    }
    return last.isPresent() && last.get() instanceof Tick.Held held
        ? "before step '" + held.step().id() + "'"
        : "between two steps";
  }

  /** Gives the run back. What fails here changes nothing for it, so it is logged. */
  void close() {
    try {
      progress.ifPresent(RunInProgress::close);
    } catch (RuntimeException e) {
      LOG.warn("Run {} could not be closed", id(), e);
    }
    progress = Optional.empty();
  }
}
