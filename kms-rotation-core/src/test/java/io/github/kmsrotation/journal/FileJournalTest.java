package io.github.kmsrotation.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {

  private static final RunId RUN = new RunId("a123456789");

  @TempDir Path directory;

  private Path file() {
    return directory.resolve(RUN + ".journal");
  }

  private static JournalEntry entry(String step) {
    return JournalEntry.of(
        Instant.parse("2026-11-24T08:00:00.123Z"),
        EntryType.STEP_DONE,
        step,
        Map.of("odd", "line\nfeed \"quotes\" \u00fc\u2028 \ud83d\ude00"));
  }

  private void write(String... steps) {
    try (RunLog log = FileJournal.in(directory).create(RUN)) {
      for (String step : steps) {
        log.append(entry(step));
      }
    }
  }

  private List<JournalEntry> read() {
    try (RunLog log = FileJournal.in(directory).open(RUN)) {
      return log.entries();
    }
  }

  @Test
  void open_afterClosing_givesWhatWasAppended() {
    write("one", "two");

    assertThat(read()).containsExactly(entry("one"), entry("two"));
    assertThat(FileJournal.in(directory).runs()).containsExactly(RUN);
  }

  @Test
  void open_whenTheFileIsCutAnywhere_losesOnlyTheLastEntries() throws IOException {
    write("one", "two", "three");
    byte[] whole = Files.readAllBytes(file());
    int headerLength = FileRunLog.HEADER.length() + 1;
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));

      List<JournalEntry> left = read();

      assertThat(left)
          .isEqualTo(List.of(entry("one"), entry("two"), entry("three")).subList(0, left.size()));
      if (length < headerLength) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void append_afterATornLine_goesOnWithAWholeFile() throws IOException {
    write("one");
    Files.writeString(file(), "0badc0de {\"seq\":2,", StandardOpenOption.APPEND);

    try (RunLog log = FileJournal.in(directory).open(RUN)) {
      log.append(entry("two"));
    }

    assertThat(read()).containsExactly(entry("one"), entry("two"));
  }

  @Test
  void open_whenAnyByteOfAWholeLineIsChanged_isRefused() throws IOException {
    write("one", "two");
    byte[] whole = Files.readAllBytes(file());
    int headerLength = FileRunLog.HEADER.length() + 1;
    for (int i = headerLength; i < whole.length - 1; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 0x01;
      Files.write(file(), changed);

      assertThatThrownBy(this::read).as("byte %d", i).isInstanceOf(JournalCorruptedException.class);
    }
  }

  @Test
  void open_whenALineIsMissingInTheMiddle_isRefused() throws IOException {
    write("one", "two", "three");
    List<String> lines = Files.readAllLines(file(), StandardCharsets.UTF_8);
    Files.writeString(file(), String.join("\n", lines.get(0), lines.get(1), lines.get(3)) + "\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(JournalCorruptedException.class)
        .hasMessageContaining("line 3");
  }

  @Test
  void open_whenAnotherVersionWroteIt_saysWhich() throws IOException {
    Files.writeString(file(), "kms-rotation journal 2\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(JournalVersionException.class)
        .hasMessageContaining("format 2");
  }

  @Test
  void open_whenSomebodyElseOwnsTheRun_isRefused() {
    try (RunLog owner = FileJournal.in(directory).create(RUN)) {
      assertThat(owner.entries()).isEmpty();
      assertThatThrownBy(this::read).isInstanceOf(RunInUseException.class);
    }
    assertThat(read()).isEmpty();
  }

  @Test
  void open_whenThereIsNoSuchRun_saysSo() {
    assertThatThrownBy(this::read).isInstanceOf(UnknownRunException.class);
  }

  @Test
  void create_andAppend_onAnInterruptedThread_writeAndKeepTheInterrupt() {
    Thread.currentThread().interrupt();
    try {
      write("one", "two");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(read()).containsExactly(entry("one"), entry("two"));
  }

  @Test
  void open_whenAWholeLineIsOfAnUnknownType_saysThatAnotherVersionWroteIt() throws IOException {
    write();
    appendWhole(
        "{\"seq\":1,\"at\":\"2026-11-24T08:00:00Z\",\"type\":\"STEP_SKIPPED\",\"step\":\"one\",\"data\":{}}");

    assertThatThrownBy(this::read)
        .isInstanceOf(JournalVersionException.class)
        .hasMessageContaining("STEP_SKIPPED");
  }

  @Test
  void open_whenAWholeLineIsNotAnEntry_isRefused() throws IOException {
    String entry =
        "{\"seq\":1,\"at\":\"2026-11-24T08:00:00Z\",\"type\":\"STARTED\",\"step\":\"\",\"data\":{}}";
    for (String json :
        List.of(
            "null",
            "[]",
            "{}",
            "",
            entry.replace(":1,", ":1.5,"),
            entry.replace(":1,", ":18446744073709551617,"),
            entry.replace(":1,", ":1e999999999,"),
            entry.replace("2026-11-24", "+99999999999-01-01"),
            entry.replace("{}", "{\"a\":1}"))) {
      Files.deleteIfExists(file());
      write();
      appendWhole(json);

      assertThatThrownBy(this::read).as(json).isInstanceOf(JournalCorruptedException.class);
    }
  }

  private void appendWhole(String json) throws IOException {
    CRC32C checksum = new CRC32C();
    checksum.update(json.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        file(), String.format("%08x %s\n", checksum.getValue(), json), StandardOpenOption.APPEND);
  }
}
