package io.github.kmsrotation.testkit.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A script that runs, or ran, on an instance. */
public final class GuestProcess {

  private final Process process;
  private final Path output;
  private final Path errors;

  GuestProcess(Process process, Path output, Path errors) {
    this.process = process;
    this.output = output;
    this.errors = errors;
  }

  /**
   * Waits for the end.
   *
   * @param millis how long at most
   * @return whether it has ended
   */
  public boolean hasEnded(long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  /**
   * How it ended.
   *
   * @return the exit code
   */
  public int exitCode() {
    return process.exitValue();
  }

  /**
   * What it printed.
   *
   * @return standard output
   */
  public String output() {
    return text(output);
  }

  /**
   * What it complained of.
   *
   * @return standard error
   */
  public String errors() {
    return text(errors);
  }

  /** Ends it and all that it started. */
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    hasEnded(10_000);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
