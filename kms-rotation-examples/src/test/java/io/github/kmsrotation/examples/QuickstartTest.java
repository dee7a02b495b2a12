package io.github.kmsrotation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class QuickstartTest {

  private interface Example {
    void run(String[] args) throws Exception;
  }

  private static String printed(Example example) throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      example.run(new String[0]);
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static void assertSameOrdersUnderTheNewKey(String printed) {
    assertThat(printed).contains("SUCCEEDED");
    Matcher before = line(printed, "Before: ");
    Matcher after = line(printed, "After:  ");
    assertThat(after.group(1)).isEqualTo(before.group(1));
    assertThat(after.group(2)).isNotEqualTo(before.group(2));
  }

  private static Matcher line(String printed, String start) {
    Matcher line =
        Pattern.compile(
                start + "(orders-prod at \\S+ serves 100000 orders worth \\S+) under (\\S+)")
            .matcher(printed);
    assertThat(line.find()).as(start + " in " + printed).isTrue();
    return line;
  }

  @Test
  void quickstart_endsWithTheSameOrdersUnderTheNewKey() throws Exception {
    assertSameOrdersUnderTheNewKey(printed(Quickstart::main));
  }

  @Test
  void keyRotations_allSucceed() throws Exception {
    assertThat(printed(KeyRotations::main).split("SUCCEEDED", -1)).hasSize(9);
  }

  @Test
  void crashAndResume_endsWithTheSameOrdersUnderTheNewKey() throws Exception {
    String printed = printed(CrashAndResume::main);

    assertThat(printed).contains("is dead, exit code 137");
    assertSameOrdersUnderTheNewKey(printed);
  }
}
