package io.github.kmsrotation.ebs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** What a script printed: a name and a value a line. */
record SsmOutput(Map<String, String> values) {

  static SsmOutput parse(String text) {
    Map<String, String> values = new TreeMap<>();
    Arrays.stream(text.split("\n", -1))
        .filter(line -> line.contains("="))
        .forEach(
            line ->
                values.put(
                    line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
    return new SsmOutput(values);
  }

  String text(String name) {
    return values.getOrDefault(name, "").strip();
  }

  long number(String name) {
    String text = text(name);
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  /** What hexadecimal numbers stand for, for people. */
  static String unhex(String hex) {
    if (hex.length() % 2 != 0 || !hex.matches("[0-9a-f]*")) {
      return hex;
    }
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
  }
}
