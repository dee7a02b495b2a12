package io.github.kmsrotation.examples.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Moves all objects of one bucket from one key to another and back, by the library, by a bare loop
 * of the SDK, and by those tools that are installed, each in its own process and all against one
 * server, whose answers take as long as one of S3's may; one after the other, so many rounds, so
 * that what else the machine does falls on all.
 */
public final class BucketBenchmark {

  private static final List<String> OF_JAVA = List.of("update", "enable", "look-update", "keep");

  private final int objects;
  private final String endpoint;
  private final List<String> keys;
  private final PrintStream server;
  private final WorkDirectory directory;
  private int moves;

  private BucketBenchmark(
      int objects, String[] server, PrintStream toServer, WorkDirectory directory) {
    this.objects = objects;
    this.endpoint = server[0];
    this.keys = List.of(server[1], server[2]);
    this.server = toServer;
    this.directory = directory;
  }

  /** What a process took; what it says of itself is empty for a tool. */
  private record Taken(double seconds, long megabytes, double ownSeconds, long ownMegabytes) {}

  /**
   * Measures.
   *
   * @param arguments one text: objects (20,000 by default), rounds (3), milliseconds that each
   *     answer takes (20), contenders (all)
   * @throws IOException if a process cannot be started
   * @throws InterruptedException if interrupted
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    String[] words = arguments.length == 0 ? new String[0] : arguments[0].trim().split("\\s+");
    int objects =
        words.length > 0 && words[0].matches("\\d+") ? Integer.parseInt(words[0]) : 20_000;
    int rounds = words.length > 1 ? Integer.parseInt(words[1]) : 3;
    int latency = words.length > 2 ? Integer.parseInt(words[2]) : 20;
    List<String> ofServer = List.of(Integer.toString(objects), Integer.toString(latency));
    Process server =
        new ProcessBuilder(java("-Xmx4g", BucketServer.class, ofServer))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (WorkDirectory directory = WorkDirectory.create();
        PrintStream toServer =
            new PrintStream(server.getOutputStream(), true, StandardCharsets.UTF_8);
        BufferedReader fromServer =
            new BufferedReader(
                new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      String greeting = fromServer.readLine();
      if (greeting == null) {
        throw new IOException("The server did not start");
      }
      BucketBenchmark benchmark =
          new BucketBenchmark(objects, greeting.split(" "), toServer, directory);
      List<String> wanted =
          words.length > 3 ? List.of(words[3].split(",")) : benchmark.allThatAreThere();
      System.out.printf(
          Locale.ROOT,
          "%,d objects of 1 KiB, answers after %d ms, %d rounds, medians%n",
          objects,
          latency,
          rounds);
      benchmark.measure(wanted, rounds);
    } finally {
      server.destroy();
    }
  }

  private List<String> allThatAreThere() {
    List<String> all = new ArrayList<>(OF_JAVA);
    for (String tool : List.of("rclone", "aws", "s3cmd")) {
      if (isInstalled(tool)) {
        all.add(tool);
      } else {
        System.out.println(tool + " is not installed and is left out.");
      }
    }
    return all;
  }

  private static boolean isInstalled(String tool) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
  }

  private void measure(List<String> contenders, int rounds)
      throws IOException, InterruptedException {
    Map<String, List<Taken>> all = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (String contender : contenders) {
        server.println("next");
        all.computeIfAbsent(contender, c -> new ArrayList<>()).add(measure(contender));
      }
    }
    System.out.printf(
        "%-14s %12s %12s %16s %10s%n",
        "", "objects/s", "peak RSS MB", "objects/s, loop", "heap MB");
    all.forEach(this::print);
    printRatio(all, "enable", "update");
    printRatio(all, "keep", "look-update");
  }

  private void print(String contender, List<Taken> runs) {
    boolean isOfJava = OF_JAVA.contains(contender);
    System.out.printf(
        Locale.ROOT,
        "%-14s %,12.0f %,12.0f %16s %10s%n",
        contender,
        objects / median(runs.stream().map(Taken::seconds).toList()),
        median(runs.stream().map(taken -> (double) taken.megabytes()).toList()),
        isOfJava
            ? String.format(
                Locale.ROOT,
                "%,.0f",
                objects / median(runs.stream().map(Taken::ownSeconds).toList()))
            : "",
        isOfJava
            ? String.format(
                Locale.ROOT,
                "%.0f",
                median(runs.stream().map(taken -> (double) taken.ownMegabytes()).toList()))
            : "");
  }

  /** Pair by pair, since a machine's speed changes from round to round. */
  private static void printRatio(Map<String, List<Taken>> all, String ours, String bare) {
    if (all.containsKey(ours) && all.containsKey(bare)) {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < all.get(ours).size(); i++) {
        ratios.add(all.get(bare).get(i).ownSeconds() / all.get(ours).get(i).ownSeconds());
      }
      System.out.printf(
          Locale.ROOT, "%s is %.2f as fast as %s (%s)%n", ours, median(ratios), bare, ratios);
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private Taken measure(String contender) throws IOException, InterruptedException {
    String key = keys.get(++moves % 2);
    Path output = directory.path().resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command(contender, key))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    environment(builder.environment());
    long start = System.nanoTime();
    Process process = builder.start();
    long peak = 0;
    while (process.isAlive()) {
      peak = Math.max(peak, residentMegabytes(process));
      Thread.sleep(20);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> lines = Files.readAllLines(output);
    if (process.exitValue() != 0) {
      throw new IOException(contender + " failed: " + String.join("\n", lines));
    }
    if (!OF_JAVA.contains(contender)) {
      return new Taken(seconds, peak, 0, 0);
    }
    String[] own = lines.get(lines.size() - 1).split(" ");
    return new Taken(seconds, peak, Long.parseLong(own[0]) / 1e3, Long.parseLong(own[1]));
  }

  private List<String> command(String contender, String key) throws IOException {
    String bucket = "s3://" + BucketServer.BUCKET;
    return switch (contender) {
      case "aws" ->
          List.of(
              "aws",
              "s3",
              "cp",
              "--recursive",
              "--quiet",
              "--sse",
              "aws:kms",
              "--sse-kms-key-id",
              key,
              bucket,
              bucket);
      case "s3cmd" ->
          List.of(
              "s3cmd",
              "--config",
              s3cmdConfiguration(),
              "cp",
              "--recursive",
              "--quiet",
              "--server-side-encryption",
              "--server-side-encryption-kms-id=" + key,
              bucket + "/",
              bucket + "/");
      case "rclone" ->
          List.of(
              "rclone",
              "--config",
              rcloneConfiguration(key),
              "copy",
              "--ignore-times",
              "--server-side-across-configs",
              "--checkers",
              Integer.toString(BucketContender.CONCURRENCY),
              "--transfers",
              Integer.toString(BucketContender.CONCURRENCY),
              "from:" + BucketServer.BUCKET,
              "to:" + BucketServer.BUCKET);
      default -> java("-Xmx64m", BucketContender.class, List.of(contender, endpoint, key));
    };
  }

  /** What they read beside their options; a certificate bundle is of no use without TLS. */
  private void environment(Map<String, String> environment) {
    environment.remove("AWS_CA_BUNDLE");
    environment.put("AWS_ENDPOINT_URL", endpoint);
    environment.put("AWS_DEFAULT_REGION", BucketServer.REGION);
    environment.put("AWS_ACCESS_KEY_ID", "any");
    environment.put("AWS_SECRET_ACCESS_KEY", "any");
  }

  /** It copies in place between two remotes only, and an ACL that buckets without ACLs take. */
  private String rcloneConfiguration(String key) throws IOException {
    String common =
        """
        type = s3
        provider = Other
        access_key_id = any
        secret_access_key = any
        region = %s
        endpoint = %s
        acl = bucket-owner-full-control
        server_side_encryption = aws:kms
        sse_kms_key_id = %s
        """
            .formatted(BucketServer.REGION, endpoint, key);
    return write("rclone.conf", "[from]\n" + common + "[to]\n" + common);
  }

  private String s3cmdConfiguration() throws IOException {
    String host = endpoint.replace("http://", "");
    return write(
        "s3cmd.conf",
        """
        [default]
        access_key = any
        secret_key = any
        bucket_location = %s
        host_base = %s
        host_bucket = %s
        use_https = False
        """
            .formatted(BucketServer.REGION, host, host));
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(directory.path().resolve(name), text).toString();
  }

  /** With those that it started: the tools begin as scripts. */
  private static long residentMegabytes(Process process) {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .mapToLong(handle -> residentKilobytes(handle.pid()))
            .sum()
        / 1024;
  }

  private static long residentKilobytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findAny()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // ended meanwhile, or not Linux
    }
  }

  private static List<String> java(String heap, Class<?> main, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    return command;
  }
}
