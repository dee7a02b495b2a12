package io.github.kmsrotation.journal;

import io.github.kmsrotation.journal.EntryCodec.DamagedLineException;
import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run's file: a header line with the format version, then a line per entry. */
final class FileRunLog implements RunLog {

  static final String HEADER = "kms-rotation journal 1";
  private static final String HEADER_START = "kms-rotation journal ";
  private static final Logger LOG = LoggerFactory.getLogger(FileRunLog.class);

  private final RunId runId;
  private final Path file;
  private final FileChannel channel;
  private final List<JournalEntry> entries = new ArrayList<>();
  private boolean broken;

  private FileRunLog(RunId runId, Path file, FileChannel channel) {
    this.runId = runId;
    this.file = file;
    this.channel = channel;
  }

  static FileRunLog create(RunId runId, Path file) {
    return opened(
        runId,
        file,
        log -> {
          log.write(HEADER);
          log.forceDirectory();
        },
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  static FileRunLog open(RunId runId, Path file) {
    return opened(runId, file, FileRunLog::load, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static FileRunLog opened(
      RunId runId, Path file, Initializer initializer, StandardOpenOption... options) {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, options);
    } catch (FileAlreadyExistsException e) {
      throw new RunInUseException(
          "Run " + runId + " was started before. Go on with resume, or make a new plan.", e);
    } catch (IOException e) {
      throw unavailable(file, "opened", e);
    }
    FileRunLog log = new FileRunLog(runId, file, channel);
    try {
      log.lock();
      initializer.accept(log);
      return log;
    } catch (RuntimeException e) {
      log.close();
      throw e;
    } catch (IOException e) {
      log.close();
      throw unavailable(file, "read", e);
    }
  }

  private interface Initializer {
    void accept(FileRunLog log) throws IOException;
  }

  private void lock() throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      throw new RunInUseException(inUse(), e);
    }
    throw new RunInUseException(inUse());
  }

  private String inUse() {
    return "Run " + runId + " is being executed by somebody else. Wait for it to end.";
  }

  private void load() throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf('\n') + 1;
    if (end == 0) {
      startOver(text);
      return;
    }
    String[] lines = text.substring(0, end).split("\n", -1);
    checkHeader(lines[0]);
    int last = lines.length - 1;
    for (int i = 1; i < last; i++) {
      entries.add(decode(i, new String(bytes(lines[i]), StandardCharsets.UTF_8)));
    }
    if (end < text.length()) {
      LOG.warn("{}: dropped half a line at the end, torn off by a crash", file);
      channel.truncate(end);
      channel.force(true);
    }
    channel.position(end);
  }

  private void startOver(String text) throws IOException {
    if (!HEADER.startsWith(text)) {
      checkHeader(text);
    }
    channel.truncate(0);
    channel.position(0);
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

  private JournalEntry decode(int number, String line) {
    try {
      return EntryCodec.decode(number, line);
    } catch (DamagedLineException e) {
      throw new JournalCorruptedException(
          file
              + ", line "
              + (number + 1)
              + " is damaged: "
              + e.getMessage()
              + ". The run was not touched. Restore the file from a backup, or look at the"
              + " resources tagged with run "
              + runId
              + " by hand.",
          e);
    }
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

  private void write(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
  }

  private void forceDirectory() throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || System.getProperty("os.name", "").startsWith("Windows")) {
      return;
    }
    try (FileChannel handle = FileChannel.open(directory, StandardOpenOption.READ)) {
      handle.force(true);
    }
  }

  private static JournalUnavailableException unavailable(Path file, String what, IOException e) {
    return new JournalUnavailableException(
        file + " could not be " + what + " (" + e.getMessage() + "). Nothing further was done.", e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unavailable(file, "closed", e);
    }
  }
}
