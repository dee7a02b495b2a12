package io.github.kmsrotation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
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

  /** By one clock, whatever process prints, and no ISO-8601 durations. */
  private static void assertTimesAreForPeople(String printed) {
    List<String> times =
        Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC")
            .matcher(printed)
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(times).hasSizeGreaterThan(10).isSorted();
    assertThat(printed)
        .containsPattern("SUCCEEDED after ([0-9]+ d )?[0-9]+ (h [0-9]+ min|hours?)")
        .doesNotContainPattern("\\bPT[0-9]");
  }

  @Test
  void ordersArchive_isUnderTheNewKey() throws Exception {
    String printed = printed(OrdersArchive::main);

    Matcher before = archive(printed, "Before: ");
    Matcher after = archive(printed, "After: ");
    assertThat(printed).contains("SUCCEEDED");
    assertThat(after.group(1)).isNotEqualTo(before.group(1));
  }

  private static Matcher archive(String printed, String start) {
    Matcher line = Pattern.compile(start + "300 objects under (\\S+)").matcher(printed);
    assertThat(line.find()).as(start + " in " + printed).isTrue();
    return line;
  }

  @Test
  void ordersInSync_rotates_andShowsTheSameOrdersAtTheSameEndpoint() throws Exception {
    String printed = printed(OrdersInSync::main);

    assertSameOrdersUnderTheNewKey(printed);
    assertTimesAreForPeople(printed);
  }

  @Test
  void quickstart_endsWithTheSameOrdersUnderTheNewKey() throws Exception {
    String printed = printed(Quickstart::main);

    assertThat(printed).startsWith("This is an embedded AWS").contains("runs 600 times as fast");
    assertSameOrdersUnderTheNewKey(printed);
    assertTimesAreForPeople(printed);
  }

  @Test
  void keyRotations_allSucceed() throws Exception {
    assertThat(printed(KeyRotations::main).split("SUCCEEDED", -1)).hasSize(9);
  }

  @Test
  void instanceVolumes_holdTheSameUnderTheNewKey() throws Exception {
    String printed = printed(InstanceVolumes::main);

    assertThat(printed).contains("SUCCEEDED");
    String before = key(printed, "Before");
    assertThat(key(printed, "After")).isNotEqualTo(before);
  }

  @Test
  void selectedVolumes_areAllRotated_andWhatCannotBeIsNamed() throws Exception {
    assertThat(printed(SelectedVolumes::main))
        .contains("3 SUCCEEDED")
        .containsPattern("Left out: vol-\\w+: It is error.")
        .contains("Under the new key: 5 volumes");
  }

  @Test
  void volumeWays_allSucceed() throws Exception {
    assertThat(printed(VolumeWays::main).split("SUCCEEDED", -1)).hasSize(6);
  }

  private static String key(String printed, String when) {
    Matcher line =
        Pattern.compile(when + ": vol-\\w+ holds 'the data' under (\\S+)").matcher(printed);
    assertThat(line.find()).as(when + " in " + printed).isTrue();
    return line.group(1);
  }

  @Test
  void manyKeys_areAllRotated() throws Exception {
    assertThat(printed(ManyKeys::main)).contains("20 SUCCEEDED");
  }

  @Test
  void crashAndResume_endsWithTheSameOrdersUnderTheNewKey_andNothingMadeTwice() throws Exception {
    String printed = printed(CrashAndResume::main);

    assertThat(printed)
        .containsSubsequence("Rotation plan", "only if rolled back", "is dead, exit code 137");
    assertSameOrdersUnderTheNewKey(printed);
    assertTimesAreForPeople(printed);
    assertThat(printed)
        .containsPattern("CreateDBSnapshot +1\\R")
        .containsPattern("CopyDBSnapshot +1\\R")
        .containsPattern("RestoreDBInstanceFromDBSnapshot +1\\R")
        .containsPattern("DB instances +\\{orders-prod=available}")
        .containsPattern("DB snapshots +\\{orders-prod-\\w+-final=available}");
  }
}
