package io.github.kmsrotation.fleet;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.Approvals;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/** Things that take time to be made, by a clock that turns when nobody works. */
final class FleetWorld extends Clock {

  static final Duration POLL = Duration.ofSeconds(15);
  static final Duration PATIENCE = Duration.ofHours(12);
  static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  /** A copy under way. */
  private record Made(Instant at, Duration takes) {}

  private final Map<String, Made> things = new ConcurrentHashMap<>();
  private final Map<String, Integer> timesMade = new ConcurrentHashMap<>();
  private final Map<String, Supplier<StepOutcome>> troubles = new ConcurrentHashMap<>();
  private final List<String> order = new ArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private Function<String, Duration> durations = name -> Duration.ofMinutes(1);
  private volatile Duration wrong = Duration.ZERO;
  private volatile Instant now = START;

  final MemoryJournal journal = new MemoryJournal();

  static List<RotationPlan> plans(int count) {
    Random random = new Random(count);
    List<RotationPlan> plans = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      plans.add(plan(random, i, "eu-central-1"));
    }
    return plans;
  }

  static RotationPlan plan(Random random, int number, String region) {
    StringBuilder id = new StringBuilder("r");
    while (id.length() < 10) {
      id.append((char) ('a' + random.nextInt(26)));
    }
    return FleetToy.plan(new RunId(id.toString()), "thing-" + number, region);
  }

  FleetRunner.Builder runner() {
    return FleetRunner.builder()
        .journal(journal)
        .with(new FleetToy.World(this))
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .calls(AwsCallSettings.builder().callsPerSecond(10_000).build())
        .workers(3)
        .seed(7)
        .clock(this)
        .sleeper(this::turn);
  }

  void turn(Duration duration) {
    now = now.plus(duration);
  }

  /** Puts the clock that the fleet sees forth or back. The world's own time does not change. */
  void putClock(Duration by) {
    wrong = wrong.plus(by);
  }

  void takes(Function<String, Duration> durations) {
    this.durations = durations;
  }

  /** What a step of a target answers, instead of working. */
  void trouble(String target, String step, Supplier<StepOutcome> answer) {
    troubles.put(target + "/" + step, answer);
  }

  void noTroubles() {
    troubles.clear();
  }

  Optional<StepOutcome> trouble(String target, String step) {
    return Optional.ofNullable(troubles.get(target + "/" + step)).map(Supplier::get);
  }

  boolean has(String name) {
    return things.containsKey(name);
  }

  String make(String name) {
    synchronized (order) {
      order.add(name);
    }
    timesMade.merge(name, 1, Integer::sum);
    things.put(name, new Made(now, durations.apply(name)));
    return name;
  }

  boolean isReady(String name) {
    Made made = things.get(name);
    return made != null && !now.isBefore(made.at().plus(made.takes()));
  }

  void remove(String name) {
    things.remove(name);
  }

  List<String> order() {
    synchronized (order) {
      return List.copyOf(order);
    }
  }

  Map<String, Integer> timesMade() {
    return timesMade;
  }

  Instant madeAt(String name) {
    Made made = things.get(name);
    return made == null ? Instant.MAX : made.at();
  }

  void opened() {
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
  }

  void closed() {
    open.decrementAndGet();
  }

  int open() {
    return open.get();
  }

  int mostOpen() {
    return mostOpen.get();
  }

  @Override
  public Instant instant() {
    return now.plus(wrong);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
