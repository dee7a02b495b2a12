package io.github.kmsrotation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuickstartTest {

  @Test
  void quickstart_endsWithTheSameOrdersUnderTheNewKey() throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Quickstart.main(new String[0]);
    } finally {
      System.setOut(console);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("SUCCEEDED")
        .containsPattern(
            "Before: orders-prod at (\\S+) serves 100000 orders worth (\\S+) under (\\S+)")
        .containsPattern(
            "After:  orders-prod at (\\S+) serves 100000 orders worth (\\S+) under (\\S+)");
  }
}
