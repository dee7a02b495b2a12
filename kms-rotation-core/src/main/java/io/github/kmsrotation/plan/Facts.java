package io.github.kmsrotation.plan;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a step found out or made, as names and values that the journal stores. Never a secret.
 *
 * @param values the facts, sorted by name
 */
public record Facts(SortedMap<String, String> values) {

  /** What the journal's own names begin with. */
  public static final String RESERVED = "evidence.";

  /**
   * The fact of a step that was rolled back that names what had to stay of it, why, and what to do
   * about it. The report of the roll-back leads with it.
   */
  public static final String KEPT = "kept";

  /**
   * Copies the values.
   *
   * @throws IllegalArgumentException if a name begins with {@link #RESERVED}
   */
  public Facts {
    for (String name : values.keySet()) {
      if (name.startsWith(RESERVED)) {
        throw new IllegalArgumentException(
            "A fact cannot be called '" + name + "': the journal keeps evidence under such names");
      }
    }
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /**
   * No facts.
   *
   * @return an empty instance
   */
  public static Facts none() {
    return new Facts(new TreeMap<>());
  }

  /**
   * Facts of the given names and values.
   *
   * @param values names and values
   * @return the facts
   */
  public static Facts of(Map<String, String> values) {
    return new Facts(new TreeMap<>(values));
  }

  /**
   * The value of one fact.
   *
   * @param name its name
   * @return the value, or empty if there is no such fact
   */
  public Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name));
  }
}
