package io.github.kmsrotation.testkit.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file with the bytes of one object, or of many small ones. It is deleted when nobody holds it
 * any more.
 */
final class StoreFile {

  private final Path path;
  private final AtomicInteger holders = new AtomicInteger(1);
  private final @Nullable FileChannel kept;

  private StoreFile(Path path, @Nullable FileChannel kept) {
    this.path = path;
    this.kept = kept;
  }

  /** A file that stays open, for many small objects. */
  static StoreFile ofMany(Path path) throws IOException {
    return new StoreFile(
        path,
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  /** A file that is opened when needed, as there may be more of them than may be open. */
  static StoreFile ofOne(Path path) {
    return new StoreFile(path, null);
  }

  void write(ByteBuffer bytes, long position) throws IOException {
    FileChannel channel = kept;
    if (channel == null) {
      throw new IllegalStateException("Only a file of many objects is written like this");
    }
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Opens a file of one object for writing. */
  FileChannel create() throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE);
  }

  /** Reads from a position; to be closed. */
  Reading open() throws IOException {
    FileChannel channel = kept;
    if (channel != null) {
      return new Reading(channel, false);
    }
    return new Reading(FileChannel.open(path, StandardOpenOption.READ), true);
  }

  /** A file that is being read. */
  record Reading(FileChannel channel, boolean isOwn) implements AutoCloseable {

    void read(byte[] into, int length, long position) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position()) < 0) {
          throw new IOException("The stored bytes of an object are gone");
        }
      }
    }

    @Override
    public void close() throws IOException {
      if (isOwn) {
        channel.close();
      }
    }
  }

  void hold() {
    holders.incrementAndGet();
  }

  void letGo() {
    if (holders.decrementAndGet() > 0) {
      return;
    }
    try {
      if (kept != null) {
        kept.close();
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
