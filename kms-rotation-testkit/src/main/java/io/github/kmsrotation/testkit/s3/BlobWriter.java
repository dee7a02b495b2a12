package io.github.kmsrotation.testkit.s3;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Encrypts and stores bytes. What is small is kept in memory until it is complete. Blocks of zeros
 * of what is large are left out, so that an object that is larger than the disk can be stored if it
 * is mostly empty.
 */
final class BlobWriter extends OutputStream {

  private static final byte[] ZEROS = new byte[Blob.BLOCK];

  private final BlobStore store;
  private final long nonce = ThreadLocalRandom.current().nextLong();
  private final ContentCipher.Stream cipher;
  private final BitSet holes = new BitSet();
  private byte[] block;
  private int filled;
  private long written;
  private boolean isAfterHole;
  private Optional<StoreFile> file = Optional.empty();
  private Optional<FileChannel> channel = Optional.empty();

  BlobWriter(BlobStore store, ContentCipher cipher, long expected) {
    this.store = store;
    this.cipher = cipher.at(nonce, 0);
    this.block = new byte[(int) Math.max(1024, Math.min(expected, Blob.BLOCK))];
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (filled == Blob.BLOCK) {
        spill();
      }
      int take = Math.min(left, Blob.BLOCK - filled);
      makeRoom(filled + take);
      System.arraycopy(bytes, from, block, filled, take);
      filled += take;
      from += take;
      left -= take;
    }
  }

  private void makeRoom(int needed) {
    if (needed > block.length) {
      block = Arrays.copyOf(block, Math.min(Blob.BLOCK, Math.max(needed, block.length * 2)));
    }
  }

  private void spill() throws IOException {
    if (channel.isEmpty()) {
      StoreFile created = store.newFile();
      file = Optional.of(created);
      channel = Optional.of(created.create());
    }
    if (filled == Blob.BLOCK && Arrays.equals(block, ZEROS)) {
      holes.set((int) (written / Blob.BLOCK));
      isAfterHole = true;
    } else {
      if (isAfterHole) {
        cipher.seek(written);
        isAfterHole = false;
      }
      cipher.apply(block, filled);
      store(channel.get());
    }
    written += filled;
    filled = 0;
  }

  private void store(FileChannel to) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(block, 0, filled);
    while (buffer.hasRemaining()) {
      to.write(buffer, written + buffer.position());
    }
  }

  /** The stored bytes. */
  Blob finish() throws IOException {
    if (channel.isEmpty()) {
      cipher.apply(block, filled);
      return store.append(block, filled, nonce);
    }
    if (filled > 0) {
      spill();
    }
    channel.get().close();
    channel = Optional.empty();
    StoreFile complete = file.orElseThrow();
    file = Optional.empty();
    return new Blob(complete, 0, written, nonce, holes.isEmpty() ? null : holes);
  }

  /** Forgets what was not finished. */
  @Override
  public void close() throws IOException {
    if (channel.isPresent()) {
      channel.get().close();
      channel = Optional.empty();
    }
    file.ifPresent(StoreFile::letGo);
    file = Optional.empty();
  }
}
