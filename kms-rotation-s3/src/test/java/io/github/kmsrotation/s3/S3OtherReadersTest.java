package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * What clients that we did not write read before and after; left out where they are not installed.
 */
class S3OtherReadersTest {

  private static final List<String> KEYS =
      List.of("plain", "a b+c%20d&e", "ümläut/日本語", "emoji-\uD83D\uDE80", "deep/er/still");

  @TempDir Path directory;
  private S3World world;

  @BeforeEach
  void fillBucket() {
    world = new S3World(directory);
    world.enableVersioning();
    for (String key : KEYS) {
      world.put(key, r -> r.serverSideEncryption(ServerSideEncryption.AES256));
      world.put(key, r -> r.metadata(Map.of("owner", "x")).tagging("a=b"));
    }
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void awsCli_readsTheSameVersionsAndBytes() throws Exception {
    assumeInstalled("aws");
    String bucket = "s3://" + S3World.BUCKET;
    List<String> list = List.of("aws", "s3api", "list-object-versions", "--bucket", S3World.BUCKET);
    String before = output(list);

    world.runner().run(world.planner().plan()).requireComplete();
    world.kms.disableKey(r -> r.keyId(world.oldKey));

    assertThat(output(list)).isEqualTo(before).contains("VersionId");
    Path copies = directory.resolve("copies");
    output(List.of("aws", "s3", "cp", "--recursive", "--quiet", bucket, copies.toString()));
    assertThat(contents(copies)).isEqualTo(expected());
  }

  @Test
  void rclone_readsTheSameBytes() throws Exception {
    assumeInstalled("rclone");
    Path configuration =
        Files.writeString(
            directory.resolve("rclone.conf"),
            """
            [embedded]
            type = s3
            provider = Other
            access_key_id = any
            secret_access_key = any
            region = %s
            endpoint = %s
            """
                .formatted(world.aws.region(), world.aws.endpoint()));

    world.runner().run(world.planner().plan()).requireComplete();
    world.kms.disableKey(r -> r.keyId(world.oldKey));

    Path copies = directory.resolve("copies");
    output(
        List.of(
            "rclone",
            "--config",
            configuration.toString(),
            "--ignore-checksum", // it takes an ETag for a digest, which under KMS it is not
            "copy",
            "embedded:" + S3World.BUCKET,
            copies.toString()));
    assertThat(contents(copies)).isEqualTo(expected());
  }

  private static Map<String, String> expected() {
    Map<String, String> expected = new TreeMap<>();
    KEYS.forEach(key -> expected.put(key, "content of " + key));
    return expected;
  }

  private static Map<String, String> contents(Path copies) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(copies)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(copies.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  private static void assumeInstalled(String tool) {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(place -> Files.isExecutable(Path.of(place, tool))),
        tool + " is not installed");
  }

  private String output(List<String> command) throws IOException, InterruptedException {
    Path output = directory.resolve("tool-output.txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    environment.remove("AWS_CA_BUNDLE");
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("AWS_ENDPOINT_URL", world.aws.endpoint().toString());
    environment.put("AWS_DEFAULT_REGION", world.aws.region());
    environment.put("AWS_ACCESS_KEY_ID", "any");
    environment.put("AWS_SECRET_ACCESS_KEY", "any");
    int exit = builder.start().waitFor();
    String text = Files.readString(output);
    assertThat(exit).as(text).isZero();
    return text;
  }
}
