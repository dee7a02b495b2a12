package io.github.kmsrotation.s3;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Runs a plan, or resumes it, in a process of its own, to be killed. The first process leaves an
 * archive of its loaded classes behind, with which the others start in a fraction of the time; such
 * an archive is made of jars only.
 */
final class BucketProcess {

  private static final double SPEED = 3_000;

  private final Path directory;
  private final String classPath;

  BucketProcess(Path directory) {
    this.directory = directory;
    this.classPath = jars();
  }

  /** Arguments: endpoint, Region, directory of journal and reports, file of the plan. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[2]);
    RotationPlan plan = RotationPlan.fromJson(Files.readString(Path.of(arguments[3])));
    TestClock clock = TestClock.running(SPEED);
    Duration toTheServers = Duration.between(clock.instant(), plan.createdAt());
    FileJournal journal = FileJournal.in(directory);
    try (S3Client s3 =
        S3Client.builder()
            .endpointOverride(URI.create(arguments[0]))
            .region(Region.of(arguments[1]))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
            .build()) {
      RotationRunner runner =
          RotationRunner.builder()
              .journal(journal)
              .with(
                  S3Options.builder()
                      .client(s3)
                      .concurrency(1)
                      .reportIn(directory)
                      .rewriteWhatCannotBeUpdated()
                      .build())
              .calls(S3World.quick())
              .approval(Approvals.approveEveryPhaseIncludingDeletion())
              .clock(Clock.offset(clock, toTheServers))
              .sleeper(clock::sleep)
              .build();
      (journal.runs().contains(plan.runId()) ? runner.resume(plan.runId()) : runner.run(plan))
          .requireComplete();
    }
  }

  Process start(S3World world, Path plan, Path output) throws IOException {
    Path archive = directory.resolve("classes.jsa");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx96m",
            "-Xshare:auto",
            (Files.exists(archive) ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=")
                + archive,
            "-Xlog:disable",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            classPath,
            BucketProcess.class.getName(),
            world.aws.endpoint().toString(),
            world.aws.region(),
            world.directory.toString(),
            plan.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private String jars() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> jars = new ArrayList<>();
    for (String entry : all.split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        jars.add(jar(path, directory.resolve("classes-" + jars.size() + ".jar")).toString());
      } else if (Files.exists(path)) {
        jars.add(entry);
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private static Path jar(Path classes, Path jar) {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      entries.setLevel(0);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(
            new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, entries);
        entries.closeEntry();
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
