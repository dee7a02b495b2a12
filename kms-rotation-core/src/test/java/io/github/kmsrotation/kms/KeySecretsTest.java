package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** A marker is given as key material, and looked for in whatever a rotation leaves or says. */
class KeySecretsTest {

  /** 32 characters. */
  private static final String MARKER = "MARKER-8c1f-not-random-material!";

  @TempDir Path directory;

  private final List<byte[]> given = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private KeyWorld world;

  private void start(TestClock clock) {
    world = new KeyWorld(directory.resolve("journal"), clock);
  }

  @AfterEach
  void close() {
    world.close();
  }

  static byte[] marker(KeyMaterialRequest request) {
    return MARKER.getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] remembered(byte[] material) {
    given.add(material);
    return material;
  }

  private void assertNotIn(String text) {
    byte[] marker = MARKER.getBytes(StandardCharsets.US_ASCII);
    String hex = HexFormat.of().formatHex(marker);
    List<String> forms = new ArrayList<>(List.of(MARKER.substring(0, 11), hex));
    forms.add(hex.toUpperCase(Locale.ROOT));
    forms.add(Base64.getEncoder().encodeToString(marker).substring(0, 40));
    forms.add(Base64.getUrlEncoder().encodeToString(marker).substring(0, 40));
    forms.add("77, 65, 82, 75, 69, 82"); // Arrays.toString
    assertThat(text).doesNotContain(forms);
  }

  private void assertInNoFile() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        assertNotIn(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
  }

  private void assertAllWiped() {
    assertThat(given).isNotEmpty().allMatch(array -> HexFormat.of().formatHex(array).matches("0*"));
  }

  @Test
  void rotation_saysNothingOfTheMaterial_andWipesIt() throws IOException {
    start(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
    world.importedKey();
    KeyOptions.Builder builder =
        world.application.options().keyMaterial(request -> remembered(marker(request)));
    KeyOptions options = builder.build();
    List<Object> said = new ArrayList<>(List.of(builder, options));

    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).with(options).plan();
    assertAllWiped();
    RotationReport report = approving(options).run(plan).requireComplete();

    said.addAll(List.of(plan, plan.toJson(), plan.describe()));
    said.addAll(List.of(report, report.toJson(), report.describe()));
    said.forEach(object -> assertNotIn(object.toString()));
    assertThat(given).hasSize(2);
    assertAllWiped();
    assertInNoFile();
  }

  private RotationRunner approving(KeyOptions options) {
    return world
        .runner()
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build();
  }

  @Test
  void refusalsAndFailures_sayNothingOfTheMaterial_andWipeIt() throws IOException {
    start(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
    world.importedKey();
    KeyOptions options =
        world.application.options().keyMaterial(r -> remembered(marker(r))).build();
    approving(options)
        .run(world.planner(RotationReason.SCHEDULE_REQUIRED).with(options).plan())
        .requireComplete();

    RotationPlan again = world.planner(RotationReason.SCHEDULE_REQUIRED).with(options).plan();
    RotationReport refused = approving(options).run(again);
    assertThat(refused.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(refused.reason()).contains("the key has had it before");
    world.aws.faults().on("ImportKeyMaterial").error("AccessDeniedException", 400);
    RotationReport failed = approving(options).resume(again.runId());
    assertThat(failed.status()).isEqualTo(RunStatus.FAILED);

    StringWriter trace = new StringWriter();
    failed.failure().orElseThrow().printStackTrace(new PrintWriter(trace));
    for (Object said : List.of(refused, failed, failed.toJson(), failed.describe(), trace)) {
      assertNotIn(said.toString());
    }
    assertAllWiped();
    assertInNoFile();
  }

  @Test
  void rotation_evenWithEveryLoggerTurnedOn_writesNoMaterialToLogOrJournal() throws Exception {
    start(TestClock.running(KeyRotationProcess.SPEED));
    world.importedKey();
    Path output = directory.resolve("child-output.txt");

    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                "-cp",
                System.getProperty("surefire.test.class.path", "")
                    + File.pathSeparator
                    + System.getProperty("java.class.path"),
                Loud.class.getName(),
                world.aws.endpoint().toString(),
                world.aws.region(),
                directory.resolve("journal").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();

    assertThat(child.waitFor()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains("TRACE", "DEBUG", "status=SUCCEEDED");
    assertInNoFile();
  }

  /** A rotation in a process of its own, whose loggers are all turned on. */
  static final class Loud {

    private Loud() {}

    /** Arguments: endpoint, Region, journal directory. */
    public static void main(String[] arguments) {
      TestClock clock = TestClock.running(KeyRotationProcess.SPEED);
      try (KeyApplication application =
          new KeyApplication(URI.create(arguments[0]), arguments[1], Path.of(arguments[2]))) {
        KeyOptions options =
            application
                .options()
                .keyMaterial(KeySecretsTest::marker)
                .wrappingKeySpec(WrappingKeySpec.RSA_2048)
                .build();
        RotationPlan plan =
            RotationPlanner.forKey(KeyWorld.ALIAS)
                .because(RotationReason.SCHEDULE_REQUIRED)
                .with(options)
                .kmsClient(application.kms())
                .clock(clock)
                .plan();
        RotationReport report =
            application
                .runner()
                .with(options)
                .approval(Approvals.approveEveryPhaseIncludingDeletion())
                .clock(clock)
                .sleeper(clock::sleep)
                .build()
                .run(plan);
        System.out.println(report);
      }
    }
  }
}
