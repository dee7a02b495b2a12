package io.github.kmsrotation.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the fleet remembers, in a file. */
class FleetBookTest {

  @TempDir Path directory;
  private final FleetWorld world = new FleetWorld();

  @Test
  void reopen_givesBackEveryRunInItsWaveAndOrder() {
    FileJournal journal = FileJournal.in(directory);
    List<RotationPlan> plans = FleetWorld.plans(250);
    Fleet fleet =
        Fleet.builder()
            .wave(plans.subList(0, 3))
            .wave(plans.subList(3, 249))
            .waveOfRuns(List.of(plans.get(249).runId()))
            .build();
    try (FleetBook book = FleetBook.begin(fleet, journal, world)) {
      book.approve(1, "test");
    }

    try (FleetBook again = FleetBook.reopen(fleet.id(), journal, world)) {
      assertThat(again.fleet().waves()).isEqualTo(fleet.waves());
      assertThat(again.isApproved(0)).isTrue();
      assertThat(again.isApproved(1)).isTrue();
      assertThat(again.isApproved(2)).isFalse();
    }
  }

  private void assertRefused(
      Class<? extends RotationException> type, String why, JournalEntry... entries) {
    RunId id = RunId.random();
    FileJournal journal = FileJournal.in(directory);
    try (RunLog log = journal.create(id)) {
      List.of(entries).forEach(log::append);
    }

    assertThatThrownBy(() -> FleetBook.reopen(id, journal, world))
        .isInstanceOf(type)
        .hasMessageContaining(why);
    journal.open(id).close();
  }

  private JournalEntry entry(EntryType type, Map<String, String> data) {
    return JournalEntry.of(world.instant(), type, "", data);
  }

  @Test
  void reopen_whenTheJournalIsTornOrDamaged_isRefused() {
    JournalEntry start = entry(EntryType.FLEET, Map.of("waves", "1", "runs", "2"));
    JournalEntry one = entry(EntryType.FLEET_RUNS, Map.of("wave", "0", "00", "abcdefghij"));
    JournalEntry two = entry(EntryType.FLEET_RUNS, Map.of("wave", "0", "00", "bcdefghijk"));

    assertRefused(RotationException.class, "torn before");
    assertRefused(RotationException.class, "torn before", start);
    assertRefused(RotationException.class, "torn before", start, one);
    assertRefused(
        JournalCorruptedException.class,
        "wave 7 of 1",
        start,
        entry(EntryType.FLEET_RUNS, Map.of("wave", "7", "00", "abcdefghij")));
    assertRefused(
        JournalCorruptedException.class,
        "cannot be read",
        start,
        entry(EntryType.FLEET_RUNS, Map.of("wave", "0", "00", "{}")));
    assertRefused(
        JournalCorruptedException.class,
        "the wave 'x'",
        start,
        one,
        two,
        entry(EntryType.APPROVAL, Map.of("wave", "x")));
    assertRefused(
        JournalCorruptedException.class, "'many'", entry(EntryType.FLEET, Map.of("runs", "many")));
  }
}
