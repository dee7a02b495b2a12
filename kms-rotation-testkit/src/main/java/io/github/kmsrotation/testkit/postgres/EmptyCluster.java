package io.github.kmsrotation.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A cluster in which nobody has done anything, to be copied: making one takes several times as long
 * as a copy of it. Made once in a JVM, deleted at its end.
 */
final class EmptyCluster {

  private EmptyCluster() {}

  /** Where it is; nobody runs it. */
  static Path directory() {
    return Made.DIRECTORY;
  }

  /** Made when first used. */
  private static final class Made {

    private static final Path DIRECTORY = make();

    private static Path make() {
      try {
        Path holder = Files.createTempDirectory("empty-cluster");
        Runtime.getRuntime()
            .addShutdownHook(new Thread(() -> DataDirectories.delete(holder), "empty-cluster-end"));
        Path directory = holder.resolve("data");
        PostgresDatabase.server(directory).start().close();
        return directory;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
