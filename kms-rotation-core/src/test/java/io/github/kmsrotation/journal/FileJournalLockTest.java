package io.github.kmsrotation.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.RunId;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock has to keep a second process out, not only a second thread. */
class FileJournalLockTest {

  private static final RunId RUN = new RunId("a123456789");

  @TempDir Path directory;

  /** Arguments: the journal's directory and the run. Tells whether it could take the run. */
  public static void main(String[] arguments) {
    try (RunLog log = FileJournal.in(Path.of(arguments[0])).open(new RunId(arguments[1]))) {
      System.out.print("opened with " + log.entries().size());
    } catch (RunInUseException e) {
      System.out.print("in use");
    }
  }

  private String secondProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")
                    + File.pathSeparator
                    + System.getProperty("surefire.test.class.path", ""),
                FileJournalLockTest.class.getName(),
                directory.toString(),
                RUN.value())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  @Test
  void open_whenAnotherProcessResumedTheRunAndExecutesIt_isRefused() throws Exception {
    FileJournal.in(directory).create(RUN).close();
    try (RunLog owner = FileJournal.in(directory).open(RUN)) {
      assertThat(owner.entries()).isEmpty();
      assertThat(secondProcess()).isEqualTo("in use");
    }
  }

  @Test
  void open_whenAThreadOfTheOwnersProcessTriedInVain_isStillRefusedToAnotherProcess()
      throws Exception {
    try (RunLog owner = FileJournal.in(directory).create(RUN)) {
      assertThat(owner.entries()).isEmpty();
      assertThatThrownBy(() -> FileJournal.in(directory).open(RUN))
          .isInstanceOf(RunInUseException.class);
      assertThat(secondProcess()).isEqualTo("in use");
    }
  }

  @Test
  void open_whenTheOwnersProcessReadsTheFileMeanwhile_isStillRefusedToAnotherProcess()
      throws Exception {
    try (RunLog owner = FileJournal.in(directory).create(RUN)) {
      assertThat(owner.entries()).isEmpty();
      assertThat(Files.readString(directory.resolve(RUN + ".journal"))).isNotEmpty();
      assertThat(secondProcess()).isEqualTo("in use");
    }
    assertThat(secondProcess()).isEqualTo("opened with 0");
  }

  @Test
  void close_whenCalledTwice_takesTheRunFromNobodyElse() throws Exception {
    RunLog former = FileJournal.in(directory).create(RUN);
    former.close();
    try (RunLog owner = FileJournal.in(directory).open(RUN)) {
      assertThat(owner.entries()).isEmpty();
      former.close();
      assertThatThrownBy(() -> FileJournal.in(directory).open(RUN))
          .isInstanceOf(RunInUseException.class);
      assertThat(secondProcess()).isEqualTo("in use");
    }
  }

  @Test
  void open_throughASymbolicLink_isRefusedAsWell() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
    try (RunLog owner = FileJournal.in(directory).create(RUN)) {
      assertThat(owner.entries()).isEmpty();
      assertThatThrownBy(() -> FileJournal.in(link).open(RUN))
          .isInstanceOf(RunInUseException.class);
      assertThat(secondProcess()).isEqualTo("in use");
    }
  }
}
