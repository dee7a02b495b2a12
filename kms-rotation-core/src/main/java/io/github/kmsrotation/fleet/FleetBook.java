package io.github.kmsrotation.fleet;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalVersionException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.PlanVersionException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet remembers for itself: which runs belong to which wave, and which waves were
 * approved. Everything else is in the runs' journals. The plans are in here, too, so that a fleet
 * can be gone on with whose process died before it began them all.
 */
final class FleetBook implements AutoCloseable {

  /** Each entry is forced to the disk: one for each plan would take seconds of a large fleet. */
  private static final int RUNS_PER_ENTRY = 100;

  private final Fleet fleet;
  private final RunLog log;
  private final Clock clock;
  private final Set<Integer> approved;

  private FleetBook(Fleet fleet, RunLog log, Clock clock, Set<Integer> approved) {
    this.fleet = fleet;
    this.log = log;
    this.clock = clock;
    this.approved = approved;
  }

  static FleetBook begin(Fleet fleet, Journal journal, Clock clock) {
    RunLog log = journal.create(fleet.id());
    return orClose(
        log,
        () -> {
          FleetBook book = new FleetBook(fleet, log, clock, new HashSet<>());
          book.writeRuns();
          return book;
        });
  }

  static FleetBook reopen(RunId id, Journal journal, Clock clock) {
    RunLog log = journal.open(id);
    return orClose(
        log,
        () -> {
          Fleet fleet = read(id, log.entries());
          return new FleetBook(fleet, log, clock, approvedWaves(log.entries()));
        });
  }

  private void writeRuns() {
    int waves = fleet.waves().size();
    int runs = fleet.runIds().size();
    write(EntryType.FLEET, Map.of("waves", String.valueOf(waves), "runs", String.valueOf(runs)));
    for (int wave = 0; wave < waves; wave++) {
      List<Fleet.Member> members = fleet.waves().get(wave);
      for (int from = 0; from < members.size(); from += RUNS_PER_ENTRY) {
        int to = Math.min(from + RUNS_PER_ENTRY, members.size());
        write(EntryType.FLEET_RUNS, runs(wave, members.subList(from, to)));
      }
    }
  }

  private static SortedMap<String, String> runs(int wave, List<Fleet.Member> members) {
    SortedMap<String, String> data = new TreeMap<>();
    data.put("wave", String.valueOf(wave));
    int number = 0;
    for (Fleet.Member member : members) {
      String value = member.plan().map(RotationPlan::toJson).orElse(member.runId().value());
      data.put(String.format("%02d", number++), value);
    }
    return data;
  }

  private static Fleet read(RunId id, List<JournalEntry> entries) {
    if (!entries.isEmpty() && entries.get(0).type() != EntryType.FLEET) {
      throw new RotationException(
          id + " is a run, not a fleet: go on with it by RotationRunner.resume.");
    }
    List<List<Fleet.Member>> waves = new ArrayList<>();
    int missing = 1;
    if (!entries.isEmpty()) {
      missing = number(entries.get(0), "runs");
      int count = number(entries.get(0), "waves");
      for (int i = 0; i < count; i++) {
        waves.add(new ArrayList<>());
      }
    }
    for (JournalEntry entry : entries) {
      if (entry.type() == EntryType.FLEET_RUNS) {
        List<Fleet.Member> members = members(entry);
        wave(waves, entry).addAll(members);
        missing -= members.size();
      }
    }
    if (missing != 0) {
      throw new RotationException(
          "The journal of fleet "
              + id
              + " was torn before all its runs were written, so none of them was begun by it."
              + " Submit the plans again, as a new fleet.");
    }
    return Fleet.of(id, waves);
  }

  private static List<Fleet.Member> wave(List<List<Fleet.Member>> waves, JournalEntry entry) {
    int wave = number(entry, "wave");
    if (wave >= waves.size()) {
      throw damaged("it names wave " + wave + " of " + waves.size(), null);
    }
    return waves.get(wave);
  }

  private static List<Fleet.Member> members(JournalEntry entry) {
    List<Fleet.Member> members = new ArrayList<>();
    entry
        .data()
        .forEach(
            (name, value) -> {
              if (!name.equals("wave")) {
                members.add(member(value));
              }
            });
    return members;
  }

  private static Fleet.Member member(String value) {
    try {
      if (!value.startsWith("{")) {
        return new Fleet.Member(new RunId(value), Optional.empty());
      }
      RotationPlan plan = RotationPlan.fromJson(value);
      return new Fleet.Member(plan.runId(), Optional.of(plan));
    } catch (PlanVersionException e) {
      throw new JournalVersionException(
          "A plan of the fleet is of another version: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw damaged("a run of it cannot be read: " + e.getMessage(), e);
    }
  }

  private static Set<Integer> approvedWaves(List<JournalEntry> entries) {
    Set<Integer> approved = new HashSet<>();
    for (JournalEntry entry : entries) {
      if (entry.type() == EntryType.APPROVAL) {
        approved.add(number(entry, "wave"));
      }
    }
    return approved;
  }

  private static int number(JournalEntry entry, String name) {
    String value = entry.value(name);
    if (!value.matches("\\d{1,9}")) {
      throw damaged("an entry " + entry.type() + " has the " + name + " '" + value + "'", null);
    }
    return Integer.parseInt(value);
  }

  private static JournalCorruptedException damaged(String what, @Nullable Throwable cause) {
    String message =
        "The journal of this fleet is damaged, or was written by a newer version of kms-rotation: "
            + what
            + ". Nothing was done. Restore it from a backup, or resume its runs one by one.";
    return cause == null
        ? new JournalCorruptedException(message)
        : new JournalCorruptedException(message, cause);
  }

  private static FleetBook orClose(RunLog log, Supplier<FleetBook> work) {
    boolean done = false;
    try {
      FleetBook book = work.get();
      done = true;
      return book;
    } finally {
      if (!done) {
        log.close();
      }
    }
  }

  Fleet fleet() {
    return fleet;
  }

  /** The first wave needs no approval. Waves count from 0 in here. */
  boolean isApproved(int wave) {
    return wave == 0 || approved.contains(wave);
  }

  void approve(int wave, String by) {
    write(EntryType.APPROVAL, Map.of("wave", String.valueOf(wave), "by", by));
    approved.add(wave);
  }

  private void write(EntryType type, Map<String, String> data) {
    log.append(JournalEntry.of(clock.instant(), type, "", data));
  }

  @Override
  public void close() {
    log.close();
  }
}
