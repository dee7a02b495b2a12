package io.github.kmsrotation.rds;

import java.util.SortedMap;

/** How a DB instance gets to another key. */
enum RdsWay {
  /** The source document's: DB snapshot, copy under the new key, restore, renaming. */
  SNAPSHOT,
  /** A blue/green deployment whose green DB instance is under the new key. */
  BLUE_GREEN;

  private static final String WAY = "way";

  /** As it is noted in a plan; plans from before there was a choice do not tell. */
  static RdsWay of(SortedMap<String, String> attributes) {
    return valueOf(attributes.getOrDefault(WAY, SNAPSHOT.name()));
  }

  void note(SortedMap<String, String> attributes) {
    attributes.put(WAY, name());
  }
}
