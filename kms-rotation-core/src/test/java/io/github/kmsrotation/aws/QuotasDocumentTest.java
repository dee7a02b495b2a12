package io.github.kmsrotation.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/quotas.md says what the code does. */
class QuotasDocumentTest {

  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z0-9]+:[A-Za-z]+)` \\| ([0-9]+) \\| ([0-9]+) \\|");

  @Test
  void ratesOfTheDocument_areThoseThatCallsPassAt() throws IOException {
    Map<String, CallRate> told = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "quotas.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        told.put(
            row.group(1),
            new CallRate(Double.parseDouble(row.group(2)), Integer.parseInt(row.group(3))));
      }
    }
    AwsCallSettings all = AwsCallSettings.builder().shareOfDocumentedRates(1).build();

    assertThat(told)
        .isEqualTo(
            told.keySet().stream()
                .collect(Collectors.toMap(name -> name, name -> all.rateOf(name).orElseThrow())));
    assertThat(told.keySet()).containsAll(DocumentedRates.operations());
  }
}
