package io.github.kmsrotation.journal.dynamodb;

import static io.github.kmsrotation.journal.dynamodb.JournalWorld.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.ResourceInUseException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run has one owner at a time, whoever dies, is cut off, or comes back. */
class DynamoDbLeaseTest {

  private static final RunId RUN = new RunId("a123456789");
  private static final int RACES = 200;
  private static final int RACES_AT_ONCE = 10;

  private final JournalWorld world = new JournalWorld();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void open_whileTheOwnerLives_isRefused_toThisProcessAndToOthers() {
    JournalWorld.Machine owner = world.machine();
    try (RunLog log = owner.journal.create(RUN)) {
      assertThatThrownBy(() -> owner.journal.open(RUN)).isInstanceOf(RunInUseException.class);
      assertThatThrownBy(() -> world.machine().journal.open(RUN))
          .isInstanceOf(RunInUseException.class);
      log.append(entry("one"));
    }
    try (RunLog log = world.machine().journal.open(RUN)) {
      assertThat(log.entries()).containsExactly(entry("one"));
    }
  }

  @Test
  void open_whenTheOwnerDied_takesTheRunOver() {
    JournalWorld.Machine dead = world.machine();
    dead.journal.create(RUN).append(entry("one"));
    dead.die();

    try (RunLog log = world.machine().journal.open(RUN)) {
      assertThat(log.entries()).containsExactly(entry("one"));
      log.append(entry("two"));
    }
  }

  @Test
  void append_byAnOwnerThatWasTakenOver_isRefused_andLeavesNoTrace() {
    JournalWorld.Machine stopped = world.machine();
    RunLog stale = stopped.journal.create(RUN);
    stale.append(entry("one"));
    // As if the process were stopped for long and went on: its lease is gone, it does not know yet.
    world.endLeaseOfOwner(RUN);
    List<JournalEntry> after;
    try (RunLog log = world.machine().journal.open(RUN)) {
      assertThatThrownBy(() -> stale.append(entry("stale")))
          .isInstanceOf(RunInUseException.class)
          .hasMessageContaining("taken over");
      assertThatThrownBy(() -> stale.append(entry("stale"))).isInstanceOf(RuntimeException.class);
      log.append(entry("two"));
      stale.close();
      log.append(entry("three"));
      after = log.entries();
    }

    assertThat(after).containsExactly(entry("one"), entry("two"), entry("three"));
    try (RunLog log = world.machine().journal.open(RUN)) {
      assertThat(log.entries()).isEqualTo(after);
    }
  }

  @Test
  void append_whenTheLeaseCouldNotBeRenewed_isRefused_beforeAnybodyCanTakeOver() throws Exception {
    JournalWorld.Machine cutOff = world.machine();
    RunLog log = cutOff.journal.create(RUN);
    cutOff.die();
    Thread.sleep(JournalWorld.LEASE.toMillis());

    assertThatThrownBy(() -> log.append(entry("one")))
        .isInstanceOf(JournalUnavailableException.class)
        .hasMessageContaining("others may take run");
  }

  @Test
  void create_afterTheLeaseWasLost_goesOnAsANewOwner() throws InterruptedException {
    JournalWorld.Machine process = world.machine();
    RunLog lost = process.journal.create(RUN);
    world.endLeaseOfOwner(RUN);
    Thread.sleep(JournalWorld.LEASE.toMillis());

    assertThatThrownBy(() -> lost.append(entry("one"))).isInstanceOf(RunInUseException.class);
    try (RunLog log = process.journal.create(new RunId("b123456789"))) {
      log.append(entry("two"));
    }
    lost.close();
    try (RunLog log = process.journal.open(RUN)) {
      log.append(entry("one"));
    }
  }

  @Test
  void races_forARun_haveOneWinner_hundredsOfTimes() throws Exception {
    List<JournalWorld.Machine> racers = Stream.generate(world::machine).limit(4).toList();
    ExecutorService threads = Executors.newFixedThreadPool(RACES_AT_ONCE * racers.size());
    try {
      for (int race = 0; race < RACES; race += RACES_AT_ONCE) {
        List<Callable<Optional<RunLog>>> starts = new ArrayList<>();
        CyclicBarrier start = new CyclicBarrier(RACES_AT_ONCE * racers.size());
        for (int i = race; i < race + RACES_AT_ONCE; i++) {
          RunId run = new RunId(String.format("r%09d", i));
          racers.get(0).journal.create(run).close();
          racers.forEach(racer -> starts.add(() -> enter(racer, run, start)));
        }
        List<RunLog> winners = new ArrayList<>();
        for (Future<Optional<RunLog>> entered : threads.invokeAll(starts)) {
          entered.get().ifPresent(winners::add);
        }
        assertThat(winners).hasSize(RACES_AT_ONCE);
        winners.forEach(RunLog::close);
        for (int i = race; i < race + RACES_AT_ONCE; i++) {
          try (RunLog log = racers.get(0).journal.open(new RunId(String.format("r%09d", i)))) {
            assertThat(log.entries()).as("race " + i).containsExactly(entry("mine"));
          }
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Optional<RunLog> enter(JournalWorld.Machine racer, RunId run, CyclicBarrier start)
      throws Exception {
    start.await();
    try {
      RunLog log = racer.journal.open(run);
      log.append(entry("mine"));
      return Optional.of(log);
    } catch (RunInUseException e) {
      return Optional.empty();
    }
  }

  @Test
  void claim_ofAResourceThatAnotherRunHas_isRefused_untilThatOneReleasesItOrEnds() {
    JournalWorld.Machine machine = world.machine();
    RunId other = new RunId("b123456789");
    try (RunLog holder = machine.journal.create(other);
        RunLog log = world.machine().journal.create(RUN)) {
      holder.append(entry("one"));
      log.append(entry("one"));
      holder.claim(Set.of("orders"));
      holder.claim(Set.of("orders"));
      assertThatThrownBy(() -> log.claim(Set.of("a", "orders", "z")))
          .isInstanceOf(ResourceInUseException.class)
          .hasMessageContaining(other.value())
          .hasMessageContaining("orders");
      holder.claim(Set.of("a", "z"));
      holder.release();
      log.claim(Set.of("a", "orders", "z"));
      assertThatThrownBy(() -> holder.claim(Set.of("z")))
          .isInstanceOf(ResourceInUseException.class);

      log.append(JournalEntry.of(Instant.EPOCH, EntryType.FINISHED, "", Map.of()));
      holder.claim(Set.of("z"));
    }
  }

  @Test
  void claims_outliveTheProcess() {
    JournalWorld.Machine dead = world.machine();
    RunLog held = dead.journal.create(RUN);
    held.append(entry("one"));
    held.claim(Set.of("orders"));
    dead.die();

    try (RunLog log = world.machine().journal.create(new RunId("b123456789"))) {
      assertThatThrownBy(() -> log.claim(Set.of("orders")))
          .isInstanceOf(ResourceInUseException.class);
    }
    try (RunLog log = world.machine().journal.open(RUN)) {
      log.claim(Set.of("orders"));
      log.release();
    }
  }

  @Test
  void close_endsTheLease_soThatNobodyWaits() {
    JournalWorld.Machine first = world.machine();
    RunLog open = first.journal.create(RUN);
    first.journal.close();

    assertThatThrownBy(() -> open.append(entry("one"))).isInstanceOf(RunInUseException.class);
    long before = world.aws.calls().of("GetItem").size();
    try (RunLog log = world.machine().journal.open(RUN)) {
      assertThat(log.entries()).isEmpty();
    }
    assertThat(world.aws.calls().of("GetItem")).hasSize((int) before + 1);
    open.close();
    assertThatThrownBy(() -> first.journal.open(RUN)).isInstanceOf(IllegalStateException.class);
  }
}
