package io.github.kmsrotation.journal;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How journals write an entry: as one line of eight hexadecimal digits of CRC-32C over the rest, a
 * space, and a JSON object with the entry's sequence number first. Line feeds cannot occur inside.
 * For those who implement a {@link Journal}. Safe for use by several threads.
 */
public final class EntryCodec {

  private static final int CHECKSUM_LENGTH = 8;

  private EntryCodec() {}

  /**
   * Writes an entry.
   *
   * @param sequence its number in the run, from 1
   * @param entry the entry
   * @return a line without its end
   */
  public static String encode(long sequence, JournalEntry entry) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seq", sequence);
    json.put("at", entry.at().toString());
    json.put("type", entry.type().name());
    json.put("step", entry.step());
    json.put("data", entry.data());
    try {
      String text = JSON.std.asString(json);
      return checksum(text) + " " + text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads an entry back, and takes nothing that was not written so.
   *
   * @param sequence the number that it has to have
   * @param line what {@link #encode} gave
   * @param place where it was read, to begin an error's message with
   * @return the entry
   * @throws JournalCorruptedException if it is anything else
   * @throws JournalVersionException if a newer version wrote it
   */
  public static JournalEntry decode(long sequence, String line, String place) {
    try {
      return decode(sequence, line);
    } catch (UnknownTypeException e) {
      throw new JournalVersionException(
          place
              + ": this version of kms-rotation does not know entries of type "
              + e.getMessage()
              + ". The run was not touched. Use the version that wrote it, or a newer one.",
          e);
    } catch (DamagedLineException e) {
      throw new JournalCorruptedException(
          place
              + " is damaged: "
              + e.getMessage()
              + ". The run was not touched. Restore it from a backup, or look by hand at the"
              + " resources that are tagged with the run's id.",
          e);
    }
  }

  /** Whether a line is whole and tells of the end of a run, whatever its number. */
  static boolean isEnd(String line) {
    if (line.length() <= CHECKSUM_LENGTH) {
      return false;
    }
    String text = line.substring(CHECKSUM_LENGTH + 1);
    if (!checksum(text).equals(line.substring(0, CHECKSUM_LENGTH))) {
      return false;
    }
    try {
      return EntryType.FINISHED.name().equals(JSON.std.mapFrom(text).get("type"));
    } catch (IOException e) {
      return false;
    }
  }

  private static JournalEntry decode(long sequence, String line)
      throws DamagedLineException, UnknownTypeException {
    if (line.length() <= CHECKSUM_LENGTH || line.charAt(CHECKSUM_LENGTH) != ' ') {
      throw new DamagedLineException("it has no checksum");
    }
    String text = line.substring(CHECKSUM_LENGTH + 1);
    if (!checksum(text).equals(line.substring(0, CHECKSUM_LENGTH))) {
      throw new DamagedLineException("its checksum does not match");
    }
    try {
      return entry(sequence, JSON.std.mapFrom(text));
    } catch (IOException | DateTimeException e) {
      throw new DamagedLineException(String.valueOf(e.getMessage()));
    }
  }

  private static JournalEntry entry(long sequence, @Nullable Map<String, Object> json)
      throws DamagedLineException, UnknownTypeException {
    if (json == null) {
      throw new DamagedLineException("it holds no JSON object");
    }
    if (!(json.get("seq") instanceof Integer number) || number != sequence) {
      throw new DamagedLineException("it is number " + json.get("seq") + ", not " + sequence);
    }
    if (!(json.get("at") instanceof String at)
        || !(json.get("type") instanceof String type)
        || !(json.get("step") instanceof String step)
        || !(json.get("data") instanceof Map<?, ?> data)) {
      throw new DamagedLineException("a field is missing");
    }
    SortedMap<String, String> values = new TreeMap<>();
    for (Map.Entry<?, ?> value : data.entrySet()) {
      if (!(value.getValue() instanceof String text)) {
        throw new DamagedLineException("a value is not a text");
      }
      values.put(String.valueOf(value.getKey()), text);
    }
    return new JournalEntry(Instant.parse(at), type(type), step, values);
  }

  private static EntryType type(String name) throws UnknownTypeException {
    for (EntryType type : EntryType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw new UnknownTypeException(name);
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /** A line that is not what was written. */
  private static final class DamagedLineException extends Exception {

    private static final long serialVersionUID = 1L;

    DamagedLineException(String message) {
      super(message);
    }
  }

  /** A whole line of a type that another version knows. The message is the type's name. */
  private static final class UnknownTypeException extends Exception {

    private static final long serialVersionUID = 1L;

    UnknownTypeException(String type) {
      super(type);
    }
  }
}
