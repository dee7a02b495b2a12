package io.github.kmsrotation.journal;

import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A journal of one file per run in a directory. Every entry is forced to the disk before {@link
 * RunLog#append} returns; a line torn off by a crash at the end of a file is dropped, anything else
 * that does not match its checksum is reported. A lock on a second file, which stays there, keeps
 * other threads and processes out. An interrupt does not harm what is being written. For a local
 * file system: network file systems may lie about locks and forced writes.
 */
public final class FileJournal implements Journal {

  static final String SUFFIX = ".journal";

  private final Path directory;

  private FileJournal(Path directory) {
    this.directory = directory;
  }

  /**
   * A journal in a directory, which is created if it is not there when the first run starts.
   *
   * @param directory where the files are
   * @return the journal
   */
  public static FileJournal in(Path directory) {
    return new FileJournal(directory.toAbsolutePath().normalize());
  }

  @Override
  public RunLog create(RunId runId) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new JournalUnavailableException(
          "The journal directory " + directory + " cannot be created. Nothing was done.", e);
    }
    return FileRunLog.create(runId, directory, file(runId));
  }

  @Override
  public RunLog open(RunId runId) {
    Path file = file(runId);
    if (!Files.exists(file)) {
      throw new UnknownRunException(
          "There is no run " + runId + " in " + directory + ". Runs there: " + runs());
    }
    return FileRunLog.open(runId, directory, file);
  }

  @Override
  public List<RunId> runs() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .filter(name -> name.matches("[a-z][a-z0-9]{9}"))
          .sorted()
          .map(RunId::new)
          .toList();
    } catch (IOException e) {
      throw new JournalUnavailableException(
          "The journal directory " + directory + " cannot be read.", e);
    }
  }

  private Path file(RunId runId) {
    return directory.resolve(runId.value() + SUFFIX);
  }

  @Override
  public String toString() {
    return "FileJournal[" + directory + "]";
  }
}
