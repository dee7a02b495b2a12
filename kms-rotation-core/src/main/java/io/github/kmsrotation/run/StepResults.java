package io.github.kmsrotation.run;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a step found, and its form in a journal entry: facts by name, each piece of evidence as a
 * JSON array of three texts.
 */
record StepResults(Facts facts, List<Evidence> evidence) {

  static final StepResults NONE = new StepResults(Facts.none(), List.of());

  static Map<String, String> write(Facts facts, List<Evidence> evidence) {
    Map<String, String> data = new TreeMap<>(facts.values());
    int number = 0;
    for (Evidence e : evidence) {
      data.put(Facts.RESERVED + String.format("%05d", number++), write(e));
    }
    return data;
  }

  private static String write(Evidence evidence) {
    try {
      return JSON.std.asString(List.of(evidence.subject(), evidence.expected(), evidence.actual()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads.
   *
   * @throws JournalCorruptedException if evidence is not of its form
   */
  static StepResults read(JournalEntry entry) {
    TreeMap<String, String> facts = new TreeMap<>();
    List<Evidence> evidence = new ArrayList<>();
    entry
        .data()
        .forEach(
            (name, value) -> {
              if (name.startsWith(Facts.RESERVED)) {
                evidence.add(readEvidence(entry.step(), value));
              } else {
                facts.put(name, value);
              }
            });
    return new StepResults(new Facts(facts), List.copyOf(evidence));
  }

  private static Evidence readEvidence(String step, String value) {
    try {
      Object[] parts = JSON.std.arrayFrom(value);
      if (parts != null
          && parts.length == 3
          && parts[0] instanceof String subject
          && parts[1] instanceof String expected
          && parts[2] instanceof String actual) {
        return new Evidence(subject, expected, actual);
      }
    } catch (IOException e) {
      throw damaged(step, e);
    }
    throw damaged(step, null);
  }

  private static JournalCorruptedException damaged(String step, @Nullable IOException cause) {
    return StoredValues.damaged("evidence of step '" + step + "' is not three texts", cause);
  }
}
