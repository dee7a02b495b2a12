package io.github.kmsrotation.journal;

import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The ownership of one run: a lock on a file of its own keeps other processes out, a table keeps
 * other threads out. POSIX locks belong to the process and are lost when it closes any descriptor
 * of the file. So the lock is not on the journal, which others may read, and the table is asked
 * before the lock file is opened.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/functions/fcntl.html">fcntl</a>
 */
final class RunLock implements AutoCloseable {

  private static final Set<Path> OWNED_HERE = ConcurrentHashMap.newKeySet();
  private static final Queue<FileChannel> NEVER_CLOSED = new ConcurrentLinkedQueue<>();

  private final Path file;
  private final FileChannel channel;
  private boolean released;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the ownership.
   *
   * @param directory the journal's directory, which exists
   * @throws RunInUseException if somebody else has it
   */
  static RunLock take(RunId runId, Path directory) throws IOException {
    Path file = directory.toRealPath().resolve(runId.value() + ".lock");
    if (!OWNED_HERE.add(file)) {
      throw inUse(runId);
    }
    boolean taken = false;
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock(runId, channel);
      taken = true;
      return new RunLock(file, channel);
    } finally {
      if (!taken) {
        OWNED_HERE.remove(file);
      }
    }
  }

  private static void lock(RunId runId, FileChannel channel) throws IOException {
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // The owner is this library, loaded a second time into this process. Closing would unlock it.
      NEVER_CLOSED.add(channel);
      throw inUse(runId);
    } finally {
      if (!locked && !NEVER_CLOSED.contains(channel)) {
        channel.close();
      }
    }
    if (!locked) {
      throw inUse(runId);
    }
  }

  private static RunInUseException inUse(RunId runId) {
    return new RunInUseException(
        "Run " + runId + " is being executed by somebody else. Wait for it to end.");
  }

  /** Gives the ownership back, once. The file stays: who removes it may unlock a new owner. */
  @Override
  public synchronized void close() throws IOException {
    if (released) {
      return;
    }
    released = true;
    try {
      channel.close();
    } finally {
      OWNED_HERE.remove(file);
    }
  }
}
