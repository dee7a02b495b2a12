package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.s3.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReasonsInReadmeTest {

  private static final String HEADING = "| what stays as it is |";

  @Test
  void readme_tellsWhatToDoAboutEveryReasonThatAReportGives() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    String table = readme.substring(readme.indexOf(HEADING));
    List<String> told =
        table
            .lines()
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .map(line -> line.split("\\|")[1])
            .flatMap(cell -> Pattern.compile("[A-Z_]{3,}").matcher(cell).results())
            .map(MatchResult::group)
            .toList();

    assertThat(told)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Verdict.values())
                .filter(Verdict::isReported)
                .map(Verdict::name)
                .toList());
  }
}
