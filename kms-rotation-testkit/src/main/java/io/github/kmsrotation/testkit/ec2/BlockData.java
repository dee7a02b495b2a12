package io.github.kmsrotation.testkit.ec2;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;

/**
 * The bytes of a volume or of a snapshot: a sparse file that holds the blocks that were written, in
 * the size that EBS snapshots have. What was never written reads as zeros.
 */
final class BlockData {

  /** Bytes in a block, as the EBS direct APIs tell. */
  static final int BLOCK = 512 * 1024;

  private final Path file;
  private final TreeSet<Long> blocks = new TreeSet<>();

  /** Whether an operating system wrote to the file, or may have, past {@link #write}. */
  private boolean isOpened;

  BlockData(Path file) {
    this.file = file;
  }

  /** How many bytes the blocks hold that were ever written. */
  long bytesHeld() {
    noteWhatWasWrittenPastHere();
    return (long) blocks.size() * BLOCK;
  }

  byte[] read(long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    if (!blocks.isEmpty() || isOpened) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        long at = offset;
        int read = channel.read(bytes, at);
        while (read > 0) {
          at += read;
          read = channel.read(bytes, at);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return bytes.array();
  }

  void write(long offset, byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer, offset + buffer.position());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (long block = offset / BLOCK; block <= (offset + bytes.length - 1) / BLOCK; block++) {
      blocks.add(block);
    }
  }

  /** Takes over all that another one holds now. */
  void copyFrom(BlockData source) {
    source.noteWhatWasWrittenPastHere();
    for (long block : source.blocks) {
      write(block * BLOCK, source.read(block * BLOCK, BLOCK));
    }
  }

  /**
   * The file in the size of a volume, for an operating system to use as a disk.
   *
   * @param bytes the volume's size
   */
  Path open(long bytes) {
    try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
      if (whole.length() < bytes) {
        whole.setLength(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    isOpened = true;
    return file;
  }

  private void noteWhatWasWrittenPastHere() {
    if (!isOpened) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
    ByteBuffer zeros = ByteBuffer.allocate(BLOCK);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long block = 0; block * BLOCK < channel.size(); block++) {
        bytes.clear();
        channel.read(bytes, block * BLOCK);
        if (!bytes.flip().equals(zeros.clear().limit(bytes.limit()))) {
          blocks.add(block);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(file);
      blocks.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
