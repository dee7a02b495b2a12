package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.clock.TestClock;
import io.github.kmsrotation.testkit.fault.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.IncludeKeyMaterial;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * Promises 2 and 3 for keys: whatever happens to the runner or to answers, at whatever call, a
 * rotation ends the same way, and until something irreversible it can be rolled back. The client
 * retries by itself, as clients do.
 */
class KeyCrashTest {

  private static final Map<KeyScenario, List<String>> ROTATED = new EnumMap<>(KeyScenario.class);
  private static final Map<KeyScenario, List<String>> UNTOUCHED = new EnumMap<>(KeyScenario.class);

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private KeyWorld world;

  private void create(KeyScenario scenario, TestClock clock) {
    world = new KeyWorld(directory.resolve("journal"), clock);
    scenario.create(world);
    world.aws.calls().clear();
  }

  private void create(KeyScenario scenario) {
    create(scenario, TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
  }

  @AfterEach
  void close() {
    world.close();
  }

  static Stream<Arguments> everyCall() {
    return Stream.of(KeyScenario.values())
        .flatMap(
            scenario ->
                IntStream.rangeClosed(1, scenario.calls.size())
                    .mapToObj(n -> Arguments.of(scenario, n)));
  }

  /** Before odd ones and after even ones; all of both with -Dkmsrotation.everyCall=true. */
  static Stream<Arguments> beforeAndAfterEveryCall() {
    boolean isEvery = Boolean.getBoolean("kmsrotation.everyCall");
    return everyCall()
        .flatMap(
            call ->
                Stream.of("before", "after")
                    .filter(
                        moment ->
                            isEvery || moment.equals("before") == ((int) call.get()[1] % 2 == 1))
                    .map(moment -> Arguments.of(call.get()[0], moment, call.get()[1])));
  }

  /** A call that AWS refuses can be rolled back, though it be the irreversible one. */
  static Stream<Arguments> everyCallThatCanBeRolledBack() {
    return everyCall()
        .filter(call -> (int) call.get()[1] <= ((KeyScenario) call.get()[0]).firstIrreversible);
  }

  /** All that a rotation may change about keys, apart from ids and dates. */
  private List<String> state() {
    return state(world);
  }

  static List<String> state(KeyWorld world) {
    world.pass(Duration.ofMinutes(30));
    List<String> state = new ArrayList<>();
    for (String region : List.of(world.aws.region(), KeyWorld.REPLICA_REGION)) {
      KmsClient kms = world.application.kms(region);
      String led = "";
      for (AliasListEntry alias : kms.listAliases().aliases()) {
        led = String.valueOf(alias.targetKeyId());
      }
      for (String arn : world.livingKeys(region)) {
        state.add(region + (arn.endsWith(led) ? " alias: " : " key: ") + describe(kms, arn));
      }
    }
    state.sort(null);
    return state;
  }

  private static String describe(KmsClient kms, String arn) {
    KeyMetadata key = kms.describeKey(r -> r.keyId(arn)).keyMetadata();
    String text =
        key.keyState()
            + " "
            + key.description()
            + " "
            + kms.listResourceTags(r -> r.keyId(arn)).tags().stream().map(Tag::tagKey).toList()
            + kms.listGrants(r -> r.keyId(arn)).grants().stream().map(g -> g.name()).toList();
    if (key.keySpec() == KeySpec.SYMMETRIC_DEFAULT) {
      text +=
          kms.getKeyRotationStatus(r -> r.keyId(arn)).rotationPeriodInDays()
              + " "
              + kms
                  .listKeyRotations(
                      r -> r.keyId(arn).includeKeyMaterial(IncludeKeyMaterial.ALL_KEY_MATERIAL))
                  .rotations()
                  .stream()
                  .map(entry -> entry.keyMaterialState() + " " + entry.importState())
                  .sorted()
                  .toList();
    }
    return text;
  }

  /** How the world looks without a rotation, or after one that nothing disturbs. */
  static List<String> undisturbed(KeyScenario scenario, boolean rotated) {
    return (rotated ? ROTATED : UNTOUCHED)
        .computeIfAbsent(
            scenario,
            s -> {
              KeyCrashTest other = new KeyCrashTest();
              try {
                other.directory = Files.createTempDirectory(Path.of("target"), "undisturbed");
                other.create(s);
                if (rotated) {
                  other.world.approving().run(other.plan(s)).requireComplete();
                }
                return other.state();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } finally {
                other.close();
              }
            });
  }

  private RotationPlan plan(KeyScenario scenario) {
    return scenario.planner.apply(world.application).clock(world.aws.clock()).plan();
  }

  @ParameterizedTest
  @EnumSource
  void rotation_changesKeysByTheseCallsOnly(KeyScenario scenario) {
    create(scenario);

    world.approving().run(plan(scenario)).requireComplete();

    assertThat(world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(scenario.calls);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(KeyScenario scenario, int n) {
    create(scenario);
    RotationPlan plan = plan(scenario);
    world.aws.faults().onMutating().nth(n).dropAfter();

    world.approving().run(plan).requireComplete();

    assertThat(world.aws.faults().fired()).isEqualTo(1);
    assertThat(state()).isEqualTo(undisturbed(scenario, true));
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenAwsRefusesTheNthCall_isResumedToTheSameEnd(KeyScenario scenario, int n) {
    create(scenario);
    RotationPlan plan = plan(scenario);
    world.aws.faults().onMutating().nth(n).error("AccessDeniedException", 400);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);

    world.approving().resume(plan.runId()).requireComplete();

    assertThat(state()).isEqualTo(undisturbed(scenario, true));
  }

  @ParameterizedTest
  @MethodSource("everyCallThatCanBeRolledBack")
  void rollBack_whenAwsRefusedTheNthCall_leavesKeysAsTheyWere(KeyScenario scenario, int n) {
    create(scenario);
    RotationPlan plan = plan(scenario);
    world.aws.faults().onMutating().nth(n).error("AccessDeniedException", 400);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);

    assertRolledBack(scenario, plan);
  }

  @ParameterizedTest
  @MethodSource("everyCallThatCanBeRolledBack")
  void rollBack_whenTheAnswersOfItsCallsAreLost_leavesKeysAsTheyWere(KeyScenario scenario, int n) {
    create(scenario);
    RotationPlan plan = plan(scenario);
    world.aws.faults().onMutating().nth(n).error("AccessDeniedException", 400);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);
    world.aws.faults().clear();
    world.aws.faults().onMutating().times(3).dropAfter();

    assertRolledBack(scenario, plan);
  }

  private void assertRolledBack(KeyScenario scenario, RotationPlan plan) {
    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    world.aws.faults().clear();
    List<String> left = state();
    boolean callersWereLed =
        world.aws.calls().of("UpdateAlias").stream().anyMatch(Call::tookEffect);
    List<String> before = undisturbed(scenario, false);
    if (callersWereLed) {
      // What the alias led to may have data under it, so that it stays.
      assertThat(left).containsAll(before);
    } else {
      assertThat(left).isEqualTo(before);
    }
  }

  @ParameterizedTest(name = "{0}, killed {1} call {2}")
  @MethodSource("beforeAndAfterEveryCall")
  void rotation_whenItsProcessIsKilled_isResumedToTheSameEnd(
      KeyScenario scenario, String moment, int n) throws Exception {
    create(scenario, TestClock.running(KeyRotationProcess.SPEED));

    RunId runId = killAt(scenario, moment, n);
    world.approving().resume(runId).requireComplete();

    assertThat(state()).isEqualTo(undisturbed(scenario, true));
  }

  private RunId killAt(KeyScenario scenario, String moment, int n)
      throws IOException, InterruptedException {
    CompletableFuture<Process> child = new CompletableFuture<>();
    Runnable kill =
        () -> {
          child.join().destroyForcibly();
          child.join().onExit().join();
        };
    Faults.Rule nthCall = world.aws.faults().onMutating().nth(n);
    if (moment.equals("before")) {
      nthCall.dropBefore(kill);
    } else {
      nthCall.dropAfter(kill);
    }
    Path output = directory.resolve("child-output.txt");
    Path journal = directory.resolve("journal");
    Process process = KeyRotationProcess.start(world, journal, output, scenario);
    child.complete(process);
    process.waitFor();
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(137);
    List<RunId> runs = FileJournal.in(journal).runs();
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }
}
