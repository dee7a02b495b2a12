package io.github.kmsrotation.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The file that lists which versions this run's copies took the place of. It is only ever added to,
 * each line as soon as S3 has answered, so that a killed process loses at most the copies that were
 * under way; what it does not list is never deleted. Safe for use by several threads.
 */
final class SupersededFile {

  private static final int MOST_LINE = 4_096;

  private final Path file;

  SupersededFile(Path file) {
    this.file = file;
  }

  /** Only where the plan is to delete what it lists. */
  static Optional<SupersededFile> of(S3Step.Env env) {
    return env.options()
        .reportDirectory()
        .filter(directory -> env.scope().oldVersions() == OldVersions.DELETE_SUPERSEDED)
        .map(
            directory ->
                new SupersededFile(directory.resolve(env.plan().runId() + "-superseded.csv")));
  }

  /** A stretch of it, and where the next begins. */
  record Stretch(List<Superseded> lines, long end) {}

  synchronized void add(Superseded version) {
    byte[] line =
        (URLEncoder.encode(version.key(), StandardCharsets.UTF_8)
                + ","
                + version.former()
                + ","
                + version.copy()
                + "\n")
            .getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.truncate(wholeLines(channel)).position(channel.size());
      ByteBuffer buffer = ByteBuffer.wrap(line);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw failed("written", e);
    }
  }

  /** Where the last whole line ends; what is after it is written over. */
  private static long wholeLines(FileChannel channel) throws IOException {
    long end = channel.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    while (end > 0) {
      last.clear();
      channel.read(last, end - 1);
      if (last.get(0) == '\n') {
        return end;
      }
      end--;
    }
    return end;
  }

  /** Has it on disk. */
  synchronized void force() {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      // nothing was copied yet
    } catch (IOException e) {
      throw failed("written", e);
    }
  }

  /** Lines that are not whole are of a process that was killed, and are left out. */
  Stretch read(long from, int mostLines) {
    if (!Files.exists(file)) {
      return new Stretch(List.of(), from);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(mostLines * MOST_LINE);
      channel.read(buffer, from);
      String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
      List<Superseded> lines = new ArrayList<>();
      int end = 0;
      for (int i = 0; i < mostLines && text.indexOf('\n', end) >= 0; i++) {
        int next = text.indexOf('\n', end);
        parse(text.substring(end, next)).ifPresent(lines::add);
        end = next + 1;
      }
      return new Stretch(lines, from + end);
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  private static Optional<Superseded> parse(String line) {
    String[] parts = line.split(",", -1);
    return parts.length == 3 && !parts[1].isEmpty() && !parts[2].isEmpty()
        ? Superseded.of(URLDecoder.decode(parts[0], StandardCharsets.UTF_8), parts[1], parts[2])
        : Optional.empty();
  }

  private UncheckedIOException failed(String what, IOException cause) {
    return new UncheckedIOException("The list of versions " + file + " cannot be " + what, cause);
  }
}
