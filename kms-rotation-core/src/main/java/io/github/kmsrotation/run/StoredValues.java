package io.github.kmsrotation.run;

import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads values out of journal entries. What is not known is an error, never a default. */
final class StoredValues {

  private StoredValues() {}

  /**
   * The value as a constant.
   *
   * @throws JournalCorruptedException if it is none
   */
  static <E extends Enum<E>> E constant(Class<E> type, JournalEntry entry, String name) {
    String value = entry.value(name);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equals(value))
        .findFirst()
        .orElseThrow(() -> unknown(entry, name));
  }

  static JournalCorruptedException unknown(JournalEntry entry, String name) {
    return damaged(
        "an entry "
            + entry.type()
            + " of "
            + entry.at()
            + " has the "
            + name
            + " '"
            + entry.value(name)
            + "', which this version of kms-rotation does not know",
        null);
  }

  static JournalCorruptedException damaged(String what, @Nullable Throwable cause) {
    String message =
        "The journal of this run is damaged, or was written by a newer version of kms-rotation: "
            + what
            + ". Nothing was done. Restore it from a backup, or use the version that wrote it.";
    return cause == null
        ? new JournalCorruptedException(message)
        : new JournalCorruptedException(message, cause);
  }
}
