package io.github.kmsrotation.journal;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One thing that happened in a run. Never holds a secret.
 *
 * @param at when
 * @param type what sort of thing
 * @param step the step it belongs to; empty if it is about the whole run
 * @param data names and values, by type
 */
public record JournalEntry(
    Instant at, EntryType type, String step, SortedMap<String, String> data) {

  /** Copies the data. */
  public JournalEntry {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(step, "step");
    data = Collections.unmodifiableSortedMap(new TreeMap<>(data));
  }

  /**
   * An entry.
   *
   * @param at when
   * @param type what
   * @param step which step, or empty
   * @param data names and values
   * @return the entry
   */
  public static JournalEntry of(Instant at, EntryType type, String step, Map<String, String> data) {
    return new JournalEntry(at, type, step, new TreeMap<>(data));
  }

  /**
   * One value of the data.
   *
   * @param name its name
   * @return the value, or an empty text
   */
  public String value(String name) {
    return data.getOrDefault(name, "");
  }
}
