package io.github.kmsrotation.journal;

import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Which run has which resource: a file for each claim, named after the resource, that holds the
 * run's id and the resource. A claim outlives its process, and is void once its run has come to its
 * end or is gone. Claims are looked at and made one at a time, under a lock of their own.
 */
final class FileClaims {

  private static final String SUFFIX = ".claim";

  /** One process has one lock on a file, whichever of its threads. */
  private static final Object IN_THIS_PROCESS = new Object();

  private final Path directory;

  FileClaims(Path journal) {
    this.directory = journal.resolve("claims");
  }

  /** Takes all of them, or none. */
  void take(RunId run, Collection<String> resources) throws IOException {
    Files.createDirectories(directory);
    locked(
        () -> {
          List<String> missing = new ArrayList<>();
          for (String resource : resources) {
            Optional<RunId> holder = holder(resource);
            if (holder.isEmpty() || hasEnded(holder.get())) {
              missing.add(resource);
            } else if (!holder.get().equals(run)) {
              throw ResourceInUseException.of(run.value(), resource, holder.get().value());
            }
          }
          for (String resource : missing) {
            write(run, resource);
          }
        });
  }

  /** Gives back those that the run has. */
  void giveBack(RunId run, Collection<String> resources) throws IOException {
    locked(
        () -> {
          for (String resource : resources) {
            if (holder(resource).filter(run::equals).isPresent()) {
              Files.delete(file(resource));
            }
          }
        });
  }

  private interface Work {
    void run() throws IOException;
  }

  private void locked(Work work) throws IOException {
    synchronized (IN_THIS_PROCESS) {
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid()) {
          work.run();
        }
      }
    }
  }

  private Optional<RunId> holder(String resource) throws IOException {
    Path file = file(resource);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String id = Files.readString(file).split(" ", 2)[0];
    if (!id.matches("[a-z][a-z0-9]{9}")) {
      throw new JournalCorruptedException(
          file
              + " is damaged: it names no run. Nothing was done. Delete it if no run is under way"
              + " that changes "
              + resource
              + ".");
    }
    return Optional.of(new RunId(id));
  }

  private void write(RunId run, String resource) throws IOException {
    Path file = file(resource);
    Path fresh = directory.resolve("fresh");
    try (RandomAccessFile content = new RandomAccessFile(fresh.toFile(), "rw")) {
      content.setLength(0);
      content.write((run + " " + resource + "\n").getBytes(StandardCharsets.UTF_8));
      content.getFD().sync();
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    FileRunLog.forceDirectory(directory);
  }

  private Path file(String resource) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(resource.getBytes(StandardCharsets.UTF_8));
      return directory.resolve(HexFormat.of().formatHex(digest, 0, 16) + SUFFIX);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean hasEnded(RunId run) throws IOException {
    Path journal = directory.resolveSibling(run.value() + FileJournal.SUFFIX);
    return !Files.exists(journal) || FileRunLog.hasEnded(journal);
  }
}
