package io.github.kmsrotation.testkit.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs programs of the host. */
final class Shell {

  private Shell() {}

  /** What a program printed; empty if it failed or is not there. */
  static Optional<String> output(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  static void copyResource(String name, Path to) {
    try (InputStream resource = Shell.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException("The resource " + name + " is not in the jar");
      }
      Files.copy(resource, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
