package io.github.kmsrotation.s3;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads comma-separated values that arrive in pieces. A value in quotes may hold commas, line ends
 * and doubled quotes. Not safe for use by several threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>
 */
final class CsvRows {

  /**
   * A row.
   *
   * @param values its values
   * @param end where the next one begins, in the bytes given
   */
  record Row(List<String> values, int end) {}

  private CsvRows() {}

  /**
   * The rows that are complete.
   *
   * @param bytes in UTF-8, from the beginning of a row
   * @param isLast whether nothing follows, so that the last row needs no line end
   * @return in order; empty lines are left out
   */
  static List<Row> of(byte[] bytes, boolean isLast) {
    List<Row> rows = new ArrayList<>();
    int begin = 0;
    boolean isQuoted = false;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '"') {
        isQuoted = !isQuoted;
      } else if (bytes[i] == '\n' && !isQuoted) {
        add(rows, bytes, begin, i, i + 1);
        begin = i + 1;
      }
    }
    if (isLast) {
      add(rows, bytes, begin, bytes.length, bytes.length);
    }
    return rows;
  }

  private static void add(List<Row> rows, byte[] bytes, int begin, int end, int next) {
    String line = new String(bytes, begin, end - begin, StandardCharsets.UTF_8).stripTrailing();
    if (!line.isEmpty()) {
      rows.add(new Row(values(line), next));
    }
  }

  private static List<String> values(String line) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean isQuoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && isQuoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        value.append(c);
        i++;
      } else if (c == '"') {
        isQuoted = !isQuoted;
      } else if (c == ',' && !isQuoted) {
        values.add(value.toString());
        value.setLength(0);
      } else {
        value.append(c);
      }
    }
    values.add(value.toString());
    return values;
  }
}
