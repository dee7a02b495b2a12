package io.github.kmsrotation.s3;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Adobe S3Mock, a server of other people's, as a process of its own. The build copies its jar to
 * {@code target/s3mock}, so that nothing of it is on the class path.
 *
 * @see <a href="https://github.com/adobe/S3Mock">S3Mock</a>
 */
final class S3Mock implements AutoCloseable {

  static final Path JAR = Path.of("target", "s3mock", "s3mock-exec.jar");

  private static final Pattern PORT =
      Pattern.compile("Tomcat started on ports? .*?(\\d+) \\(http\\)");

  private final Process process;
  private final int port;

  private S3Mock(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static boolean isThere() {
    return Files.exists(JAR);
  }

  /**
   * Starts it.
   *
   * @param directory where it keeps its objects
   * @param keyArn the one KMS key that it knows of
   */
  static S3Mock start(Path directory, String keyArn) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toAbsolutePath().toString(),
                "--server.port=0",
                "--http.port=0",
                "--com.adobe.testing.s3mock.store.root=" + directory,
                "--com.adobe.testing.s3mock.store.validKmsKeys=" + keyArn)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      return new S3Mock(process, port(process.getInputStream()));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static int port(InputStream output) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8));
    StringBuilder all = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      all.append(line).append('\n');
      Matcher matcher = PORT.matcher(line);
      if (matcher.find()) {
        drain(lines);
        return Integer.parseInt(matcher.group(1));
      }
    }
    throw new IllegalStateException("S3Mock ended before it listened:\n" + all);
  }

  /** A process whose output nobody reads stands still. */
  private static void drain(BufferedReader lines) {
    Thread reader =
        new Thread(
            () -> {
              try {
                while (lines.readLine() != null) {
                  // not needed
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "s3mock-output");
    reader.setDaemon(true);
    reader.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
