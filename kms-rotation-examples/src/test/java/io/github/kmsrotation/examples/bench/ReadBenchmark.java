package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RunId;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Opening a long journal, which reads and checks every entry. The file is written by hand, since
 * the journal would force each line to disk; the journal checks every byte of it.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the methods that are marked with Setup first
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ReadBenchmark {

  @Param("100000")
  int entries = 100_000;

  private final RunId runId = RunId.random();
  private WorkDirectory directory;

  /**
   * Writes the journal.
   *
   * @throws IOException if that fails
   */
  @Setup
  public void write() throws IOException {
    directory = WorkDirectory.create();
    try (BufferedWriter file =
        Files.newBufferedWriter(directory.path().resolve(runId.value() + ".journal"))) {
      file.write("kms-rotation journal 1\n");
      for (int i = 1; i <= entries; i++) {
        file.write(line(i));
      }
    }
  }

  private static String line(int sequence) {
    String json =
        "{\"seq\":"
            + sequence
            + ",\"at\":\"2026-11-24T08:00:00.123456Z\",\"type\":\"INTENT\",\"step\":\"copy-snapshot\""
            + ",\"data\":{\"operation\":\"rds:CopyDBSnapshot\",\"resource\":\"snapshot-"
            + sequence
            + "\"}}";
    CRC32C crc = new CRC32C();
    crc.update(json.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x %s\n", crc.getValue(), json);
  }

  /** Deletes it. */
  @TearDown
  public void close() {
    directory.close();
  }

  /**
   * Opens it.
   *
   * @return all entries
   */
  @Benchmark
  public List<JournalEntry> open() {
    try (RunLog log = FileJournal.in(directory.path()).open(runId)) {
      return log.entries();
    }
  }
}
