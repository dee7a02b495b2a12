package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** An entry of a journal, forced to disk, and the same bytes written and forced by hand. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the methods that are marked with Setup first
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AppendBenchmark {

  private static final JournalEntry ENTRY =
      JournalEntry.of(
          Instant.parse("2026-11-24T08:00:00.123456Z"),
          EntryType.INTENT,
          "copy-snapshot",
          Map.of("operation", "rds:CopyDBSnapshot", "resource", "kmsrot-a123456789-copy"));

  private WorkDirectory directory;
  private RunLog log;
  private FileChannel channel;
  private ByteBuffer line;

  /**
   * Begins two files of one entry each.
   *
   * @throws IOException if that fails
   */
  @Setup(Level.Iteration)
  public void open() throws IOException {
    directory = WorkDirectory.create();
    RunId runId = RunId.random();
    log = FileJournal.in(directory.path()).create(runId);
    log.append(ENTRY);
    List<String> written = Files.readAllLines(directory.path().resolve(runId.value() + ".journal"));
    String last = written.get(written.size() - 1) + "\n";
    line = ByteBuffer.wrap(last.getBytes(StandardCharsets.UTF_8));
    Path bare = directory.path().resolve("bare");
    channel = FileChannel.open(bare, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    writeAndForce();
  }

  /**
   * Deletes them.
   *
   * @throws IOException if that fails
   */
  @TearDown(Level.Iteration)
  public void close() throws IOException {
    channel.close();
    log.close();
    directory.close();
  }

  /** The journal. */
  @Benchmark
  public void append() {
    log.append(ENTRY);
  }

  /**
   * The least that durability costs.
   *
   * @throws IOException if that fails
   */
  @Benchmark
  public void writeAndForce() throws IOException {
    line.rewind();
    while (line.hasRemaining()) {
      channel.write(line);
    }
    channel.force(false);
  }
}
