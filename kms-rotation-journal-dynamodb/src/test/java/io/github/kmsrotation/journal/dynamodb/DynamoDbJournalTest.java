package io.github.kmsrotation.journal.dynamodb;

import static io.github.kmsrotation.journal.dynamodb.JournalWorld.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.JournalVersionException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.journal.UnknownRunException;
import io.github.kmsrotation.plan.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a journal promises, kept in a table. */
class DynamoDbJournalTest {

  private static final RunId RUN = new RunId("a123456789");

  private final JournalWorld world = new JournalWorld();
  private final DynamoDbJournal journal = world.machine().journal;

  @AfterEach
  void close() {
    world.close();
  }

  private void write(String... steps) {
    try (RunLog log = journal.create(RUN)) {
      for (String step : steps) {
        log.append(entry(step));
      }
    }
  }

  private List<JournalEntry> read() {
    try (RunLog log = world.machine().journal.open(RUN)) {
      return log.entries();
    }
  }

  @Test
  void open_afterClosing_givesWhatWasAppended_toAnybody() {
    write("one", "two");

    assertThat(read()).containsExactly(entry("one"), entry("two"));
    assertThat(world.machine().journal.runs()).containsExactly(RUN);
  }

  @Test
  void append_afterTakingUp_goesOnInOrder() {
    write("one");
    try (RunLog log = world.machine().journal.open(RUN)) {
      log.append(entry("two"));
    }
    try (RunLog log = world.machine().journal.open(RUN)) {
      log.append(entry("three"));
      assertThat(log.entries()).containsExactly(entry("one"), entry("two"), entry("three"));
    }

    assertThat(read()).containsExactly(entry("one"), entry("two"), entry("three"));
  }

  @Test
  void append_ofAPlanThatIsLargerThanAnItemMayBe_isRead() {
    String steps =
        IntStream.range(0, 20_000).mapToObj(i -> "step-" + i + ";").reduce("", String::concat);
    String large = steps.repeat(5);
    JournalEntry plan =
        JournalEntry.of(
            Instant.parse("2026-11-24T08:00:00Z"), EntryType.PLAN, "", Map.of("plan", large));
    assertThat(large.length()).isGreaterThan(400 * 1024);

    try (RunLog log = journal.create(RUN)) {
      log.append(plan);
    }

    assertThat(read()).containsExactly(plan);
  }

  @Test
  void runs_ofManyRuns_areAllListed_inOrder() {
    List<RunId> made =
        IntStream.range(0, 30).mapToObj(i -> new RunId(String.format("a%09d", i))).toList();
    made.forEach(id -> journal.create(id).close());

    assertThat(journal.runs()).isEqualTo(made);
  }

  @Test
  void create_ofARunThatExists_isRefused() {
    write("one");

    assertThatThrownBy(() -> world.machine().journal.create(RUN))
        .isInstanceOf(RunInUseException.class)
        .hasMessageContaining("resume");
    assertThat(read()).containsExactly(entry("one"));
  }

  @Test
  void open_whenThereIsNoSuchRun_saysSo() {
    assertThatThrownBy(this::read)
        .isInstanceOf(UnknownRunException.class)
        .hasMessageContaining(JournalWorld.TABLE);
  }

  @Test
  void table_whenMissing_isNamed_withWhatToDo() {
    try (DynamoDbJournal other =
        DynamoDbJournal.builder().client(world.client).tableName("another").build()) {
      assertThatThrownBy(() -> other.create(RUN))
          .isInstanceOf(JournalUnavailableException.class)
          .hasMessageContaining("another")
          .hasMessageContaining("createTableRequest");
      assertThatThrownBy(other::runs).isInstanceOf(JournalUnavailableException.class);
    }
  }

  @Test
  void append_whenDenied_saysSo_andNothingFurtherIsWritten() {
    try (RunLog log = journal.create(RUN)) {
      world.aws.faults().on("PutItem").error("AccessDeniedException", 400);
      assertThatThrownBy(() -> log.append(entry("one")))
          .isInstanceOf(JournalUnavailableException.class)
          .hasMessageContaining(JournalWorld.TABLE)
          .hasMessageContaining("dynamodb:PutItem");
      assertThatThrownBy(() -> log.append(entry("two")))
          .isInstanceOf(JournalUnavailableException.class);
    }
    try (RunLog log = journal.open(RUN)) {
      assertThat(log.entries()).isEmpty();
      log.append(entry("three"));
    }
    assertThat(read()).containsExactly(entry("three"));
  }

  @Test
  void append_whenItsAnswerIsLost_isWrittenOnce() {
    try (RunLog log = journal.create(RUN)) {
      for (String step : List.of("one", "two", "three")) {
        world.aws.faults().on("PutItem").dropAfter();
        log.append(entry(step));
      }
    }

    assertThat(read()).containsExactly(entry("one"), entry("two"), entry("three"));
  }

  @Test
  void createAndOpen_whenAnswersAreLost_takeTheRunUpAllTheSame() {
    world.aws.faults().on("PutItem").nth(1).dropAfter();
    world.aws.faults().on("PutItem").nth(2).dropAfter();
    world.aws.faults().on("PutItem").nth(3).dropAfter();
    write("one");
    world.aws.faults().on("PutItem").times(2).dropAfter();

    assertThat(read()).containsExactly(entry("one"));
  }

  @Test
  void createAndAppend_onAnInterruptedThread_writeAndKeepTheInterrupt() {
    Thread.currentThread().interrupt();
    try {
      write("one", "two");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(read()).containsExactly(entry("one"), entry("two"));
  }

  @Test
  void append_thatIsInterruptedMeanwhile_isWrittenOnce_andKeepsTheInterrupt() {
    Thread me = Thread.currentThread();
    try (RunLog log = journal.create(RUN)) {
      world.aws.faults().on("PutItem").then(me::interrupt);
      log.append(entry("one"));
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(read()).containsExactly(entry("one"));
  }

  @Test
  void open_whenAnItemIsMissing_isRefused() {
    write("one", "two");
    world.client.deleteItem(
        r ->
            r.tableName(JournalWorld.TABLE)
                .key(
                    Map.of(
                        "partition",
                        AttributeValue.fromS("run#" + RUN),
                        "entry",
                        AttributeValue.fromS("0000000001"))));

    assertThatThrownBy(this::read)
        .isInstanceOf(JournalCorruptedException.class)
        .hasMessageContaining("item 1");
  }

  @Test
  void open_whenAnItemIsDamaged_isRefused() {
    write("one");
    Map<String, AttributeValue> damaged =
        new HashMap<>(Items.written(RUN, 1, "somebody", "00000000 {}"));
    world.plant(damaged);
    assertThatThrownBy(this::read).isInstanceOf(JournalCorruptedException.class);

    damaged.put("kind", AttributeValue.fromS("FORGOTTEN"));
    world.plant(damaged);
    assertThatThrownBy(this::read)
        .isInstanceOf(JournalCorruptedException.class)
        .hasMessageContaining("FORGOTTEN");

    damaged.remove("kind");
    damaged.remove("line");
    world.plant(damaged);
    assertThatThrownBy(this::read).isInstanceOf(JournalCorruptedException.class);
  }

  @Test
  void open_whenAnotherVersionWroteIt_saysSo() {
    write("one");
    Map<String, AttributeValue> newer = new HashMap<>(Items.owned(RUN, 0, "somebody"));
    newer.put("format", AttributeValue.fromS("2"));
    world.plant(newer);

    assertThatThrownBy(this::read)
        .isInstanceOf(JournalVersionException.class)
        .hasMessageContaining("format 2");
  }

  @Test
  void builder_refusesWhatCannotWork() {
    assertThatThrownBy(() -> DynamoDbJournal.builder().tableName("t").build())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> DynamoDbJournal.builder().lease(Duration.ofMillis(999)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DynamoDbJournal.builder().lease(Duration.ofMinutes(11)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
