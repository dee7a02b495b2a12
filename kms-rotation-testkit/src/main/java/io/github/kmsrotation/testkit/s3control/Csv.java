package io.github.kmsrotation.testkit.s3control;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lines of comma-separated values, as manifests and reports have them. */
final class Csv {

  private Csv() {}

  static List<String> parse(String line) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean isQuoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean isDoubled =
          isQuoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"';
      if (isDoubled) {
        value.append('"');
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

  static String line(String... values) {
    return Stream.of(values).map(Csv::quote).collect(Collectors.joining(",")) + "\n";
  }

  private static String quote(String value) {
    return value.matches("[^\",\n]*") ? value : "\"" + value.replace("\"", "\"\"") + "\"";
  }
}
