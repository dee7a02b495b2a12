package io.github.kmsrotation.journal;

import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run's file: a header line with the format version, then a line per entry. Read and written
 * without a channel, since an interrupt closes a channel in the middle of a write.
 */
final class FileRunLog implements RunLog {

  static final String HEADER = "kms-rotation journal 1";
  private static final String HEADER_START = "kms-rotation journal ";
  private static final Logger LOG = LoggerFactory.getLogger(FileRunLog.class);

  private final RunId runId;
  private final Path file;
  private final RunLock lock;
  private final RandomAccessFile content;
  private final List<JournalEntry> entries = new ArrayList<>();
  private final FileClaims claims;
  private final Set<String> claimed = new TreeSet<>();
  private boolean broken;

  private FileRunLog(
      RunId runId, Path directory, Path file, RunLock lock, RandomAccessFile content) {
    this.runId = runId;
    this.file = file;
    this.lock = lock;
    this.content = content;
    this.claims = new FileClaims(directory);
  }

  static FileRunLog create(RunId runId, Path directory, Path file) {
    return opened(
        runId,
        directory,
        file,
        () -> Files.createFile(file),
        log -> {
          log.write(HEADER);
          forceDirectory(directory);
        });
  }

  static FileRunLog open(RunId runId, Path directory, Path file) {
    return opened(runId, directory, file, () -> {}, FileRunLog::load);
  }

  private static FileRunLog opened(
      RunId runId, Path directory, Path file, Preparation preparation, Initializer initializer) {
    List<AutoCloseable> held = new ArrayList<>();
    boolean opened = false;
    try {
      RunLock lock = RunLock.take(runId, directory);
      held.add(lock);
      preparation.run();
      RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw");
      held.add(0, content);
      FileRunLog log = new FileRunLog(runId, directory, file, lock, content);
      initializer.accept(log);
      opened = true;
      return log;
    } catch (FileAlreadyExistsException e) {
      throw new RunInUseException(
          "Run " + runId + " was started before. Go on with resume, or make a new plan.", e);
    } catch (IOException e) {
      throw unavailable(file, "opened", e);
    } finally {
      if (!opened) {
        closeAll(file, held);
      }
    }
  }

  private interface Preparation {
    void run() throws IOException;
  }

  private interface Initializer {
    void accept(FileRunLog log) throws IOException;
  }

  /** After a failure that is being thrown already, so what fails here is logged. */
  private static void closeAll(Path file, List<AutoCloseable> held) {
    for (AutoCloseable one : held) {
      try {
        one.close();
      } catch (Exception e) {
        LOG.warn("{} could not be closed", file, e);
      }
    }
  }

  private void load() throws IOException {
    byte[] stored = new byte[Math.toIntExact(content.length())];
    content.readFully(stored);
    String text = new String(stored, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf('\n') + 1;
    if (end == 0) {
      startOver(text);
      return;
    }
    String[] lines = text.substring(0, end).split("\n", -1);
    checkHeader(lines[0]);
    int last = lines.length - 1;
    for (int i = 1; i < last; i++) {
      String line = new String(bytes(lines[i]), StandardCharsets.UTF_8);
      entries.add(EntryCodec.decode(i, line, file + ", line " + (i + 1)));
    }
    if (end < text.length()) {
      LOG.warn("{}: dropped half a line at the end, torn off by a crash", file);
      content.setLength(end);
      content.getFD().sync();
    }
    content.seek(end);
  }

  private void startOver(String text) throws IOException {
    if (!HEADER.startsWith(text)) {
      checkHeader(text);
    }
    content.setLength(0);
    content.seek(0);
    write(HEADER);
  }

  private static byte[] bytes(String line) {
    return line.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void checkHeader(String header) {
    if (header.equals(HEADER)) {
      return;
    }
    if (header.startsWith(HEADER_START)) {
      throw new JournalVersionException(
          file
              + " was written in journal format "
              + header.substring(HEADER_START.length())
              + "; this library reads format 1. Use the version of kms-rotation that wrote it.");
    }
    throw new JournalCorruptedException(file + " is not a journal: its first line is damaged.");
  }

  @Override
  public List<JournalEntry> entries() {
    return List.copyOf(entries);
  }

  @Override
  public void append(JournalEntry entry) {
    if (broken) {
      throw new JournalUnavailableException(
          file + " could not be written before; nothing further is done in run " + runId + ".");
    }
    try {
      write(EntryCodec.encode(entries.size() + 1L, entry));
    } catch (IOException e) {
      broken = true;
      throw unavailable(file, "written", e);
    }
    entries.add(entry);
  }

  @Override
  public void claim(Set<String> resources) {
    try {
      claims.take(runId, resources);
    } catch (IOException e) {
      throw unavailable(file, "claimed for", e);
    }
    claimed.addAll(resources);
  }

  @Override
  public void release() {
    try {
      claims.giveBack(runId, claimed);
    } catch (IOException e) {
      throw unavailable(file, "released", e);
    }
    claimed.clear();
  }

  /** Whether a run has come to its end, by the last whole line; for those who do not own it. */
  static boolean hasEnded(Path journal) throws IOException {
    List<String> lines = Files.readAllLines(journal, StandardCharsets.UTF_8);
    return lines.size() <= 1 || EntryCodec.isEnd(lines.get(lines.size() - 1));
  }

  private void write(String line) throws IOException {
    content.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    content.getFD().sync();
  }

  /** A directory can be forced through a channel only, so an interrupt is put off meanwhile. */
  static void forceDirectory(Path directory) throws IOException {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel handle = FileChannel.open(directory, StandardOpenOption.READ)) {
          handle.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static JournalUnavailableException unavailable(Path file, String what, IOException e) {
    return new JournalUnavailableException(
        file + " could not be " + what + " (" + e + "). Nothing further was done.", e);
  }

  @Override
  public void close() {
    try (lock) {
      content.close();
    } catch (IOException e) {
      throw unavailable(file, "closed", e);
    }
  }
}
