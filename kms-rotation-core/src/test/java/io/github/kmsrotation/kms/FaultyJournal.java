package io.github.kmsrotation.kms;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * A journal in files whose n-th write fails, and every later one: the process is as good as dead.
 */
final class FaultyJournal implements Journal {

  /** What becomes of the write. */
  enum Way {
    /** Half of it is in the file. */
    JOURNAL_TORN,
    /** All of it is in the file, but the process dies before it knows. */
    JOURNAL_ANSWER_LOST,
    /** Nothing of it is in the file: the disk is full, or the process died before. */
    JOURNAL_DISK_FULL
  }

  private final Path directory;
  private final Way way;
  private final int failing;
  private int writes;

  FaultyJournal(Path directory, Way way, int failing) {
    this.directory = directory;
    this.way = way;
    this.failing = failing;
  }

  /** Some writes of a plan with so many calls, each with one way; more with everyCall. */
  static Stream<Arguments> writes(Object kind, int calls) {
    int most = 2 + 3 * calls;
    List<Way> ways = List.of(Way.values());
    if (Boolean.getBoolean("kmsrotation.everyCall")) {
      return IntStream.rangeClosed(2, most)
          .boxed()
          .flatMap(n -> ways.stream().map(way -> Arguments.of(kind, way, n)));
    }
    return IntStream.iterate(2, n -> n <= most, n -> n + 2)
        .mapToObj(n -> Arguments.of(kind, ways.get(n / 2 % ways.size()), n));
  }

  boolean hasFailed() {
    return writes >= failing;
  }

  @Override
  public RunLog create(RunId runId) {
    return new FaultyLog(runId, FileJournal.in(directory).create(runId));
  }

  @Override
  public RunLog open(RunId runId) {
    return new FaultyLog(runId, FileJournal.in(directory).open(runId));
  }

  @Override
  public List<RunId> runs() {
    return FileJournal.in(directory).runs();
  }

  private final class FaultyLog implements RunLog {

    private final RunId runId;
    private final RunLog log;

    FaultyLog(RunId runId, RunLog log) {
      this.runId = runId;
      this.log = log;
    }

    @Override
    public List<JournalEntry> entries() {
      return log.entries();
    }

    @Override
    public synchronized void append(JournalEntry entry) {
      writes++;
      if (writes < failing) {
        log.append(entry);
        return;
      }
      if (writes == failing && way == Way.JOURNAL_ANSWER_LOST) {
        log.append(entry);
      } else if (writes == failing && way == Way.JOURNAL_TORN) {
        tear(entry);
      }
      throw new JournalUnavailableException("No space left on device");
    }

    private void tear(JournalEntry entry) {
      try (Stream<Path> files = Files.list(directory)) {
        Path file =
            files
                .filter(Files::isRegularFile)
                .filter(f -> f.getFileName().toString().startsWith(runId.value()))
                .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                .orElseThrow();
        long before = Files.size(file);
        log.append(entry);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate((before + Files.size(file)) / 2);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void claim(Set<String> resources) {
      log.claim(resources);
    }

    @Override
    public void release() {
      log.release();
    }

    @Override
    public void close() {
      log.close();
    }
  }
}
