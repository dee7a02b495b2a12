package io.github.kmsrotation.testkit.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The stored bytes of all objects, in files of a temporary directory. Small objects share files, so
 * that a million of them is no million files. Safe for use by several threads.
 */
final class BlobStore {

  private static final long MOST_IN_FILE = 64L * 1024 * 1024;

  private Optional<Path> directory = Optional.empty();
  private Optional<StoreFile> current = Optional.empty();
  private long end;
  private long files;

  /** Stores the bytes of a small object. */
  synchronized Blob append(byte[] bytes, int length, long nonce) throws IOException {
    if (current.isEmpty() || end + length > MOST_IN_FILE) {
      current.ifPresent(StoreFile::letGo);
      current = Optional.of(StoreFile.ofMany(nextPath()));
      end = 0;
    }
    StoreFile file = current.get();
    file.write(ByteBuffer.wrap(bytes, 0, length), end);
    file.hold();
    Blob blob = new Blob(file, end, length, nonce, null);
    end += length;
    return blob;
  }

  /** A file for a large object. */
  synchronized StoreFile newFile() throws IOException {
    return StoreFile.ofOne(nextPath());
  }

  private Path nextPath() throws IOException {
    if (directory.isEmpty()) {
      directory = Optional.of(Files.createTempDirectory("embedded-s3-"));
    }
    return directory.get().resolve(Long.toString(files++));
  }

  synchronized void close() {
    current.ifPresent(StoreFile::letGo);
    current = Optional.empty();
    directory.ifPresent(BlobStore::delete);
    directory = Optional.empty();
  }

  private static void delete(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
