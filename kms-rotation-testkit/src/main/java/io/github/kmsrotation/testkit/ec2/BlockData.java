package io.github.kmsrotation.testkit.ec2;

import java.io.IOException;
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

  BlockData(Path file) {
    this.file = file;
  }

  /** How many bytes the blocks hold that were ever written. */
  long bytesHeld() {
    return (long) blocks.size() * BLOCK;
  }

  byte[] read(long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    if (!blocks.isEmpty()) {
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
    for (long block : source.blocks) {
      write(block * BLOCK, source.read(block * BLOCK, BLOCK));
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
