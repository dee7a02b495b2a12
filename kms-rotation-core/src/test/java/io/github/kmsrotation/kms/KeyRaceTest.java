package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.kms.model.IncludeKeyMaterial;
import software.amazon.awssdk.services.kms.model.Tag;

/** Two applications that do not know of each other rotate one key at the same time. */
class KeyRaceTest {

  /** The pause of the claim, 30 s, is 300 ms: longer than any delay that is injected here. */
  private static final double SPEED = 100;

  private static final int SEEDS = Integer.getInteger("kmsrotation.race.seeds", 6);

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private KeyWorld world;

  /** What is raced for: once only, whoever wins. */
  enum Prize {
    ON_DEMAND(RotationReason.NEW_MATERIAL_REQUESTED, "RotateKeyOnDemand"),
    IMPORTED(RotationReason.SCHEDULE_REQUIRED, "RotateKeyOnDemand"),
    NEW_KEY(RotationReason.NEW_KEY_REQUESTED, "UpdateAlias");

    private final RotationReason reason;
    private final String call;

    Prize(RotationReason reason, String call) {
      this.reason = reason;
      this.call = call;
    }
  }

  private record Rival(RotationRunner runner, RotationPlan plan) {}

  private String start(Prize prize, TestClock clock) {
    world = new KeyWorld(directory.resolve("unused"), clock);
    String key = prize == Prize.IMPORTED ? world.importedKey() : world.symmetricKey();
    world.aws.calls().clear();
    return key;
  }

  @AfterEach
  void close() {
    world.close();
  }

  private Rival rival(Prize prize, String name) {
    RotationRunner runner =
        world
            .runner()
            .journal(FileJournal.in(directory.resolve(name)))
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .build();
    return new Rival(runner, world.planner(prize.reason).plan());
  }

  static Stream<Arguments> interleavings() {
    return Stream.of(Prize.values())
        .flatMap(prize -> IntStream.range(0, SEEDS).mapToObj(seed -> Arguments.of(prize, seed)));
  }

  @ParameterizedTest
  @MethodSource("interleavings")
  void rivals_atTheSameTime_rotateOnce(Prize prize, int seed) throws Exception {
    String key = start(prize, TestClock.running(SPEED));
    List<Rival> rivals = List.of(rival(prize, "one"), rival(prize, "two"));
    Random random = new Random(seed);
    for (String operation : List.of("ListResourceTags", "TagResource", "DescribeKey")) {
      for (int i = 0; i < 4; i++) {
        world
            .aws
            .faults()
            .on(operation)
            .nth(1 + random.nextInt(3))
            .delay(Duration.ofMillis(random.nextInt(60)));
      }
    }
    int headStart = random.nextInt(3) * random.nextInt(200);

    List<RotationReport> reports = race(rivals, headStart);

    assertOneRotation(prize, key, rivals, reports);
  }

  private static List<RotationReport> race(List<Rival> rivals, int headStartMillis)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(rivals.size());
    try {
      List<Future<RotationReport>> running = new ArrayList<>();
      for (int i = 0; i < rivals.size(); i++) {
        Rival rival = rivals.get(i);
        int wait = i * headStartMillis;
        Callable<RotationReport> work =
            () -> {
              Thread.sleep(wait);
              return rival.runner().run(rival.plan());
            };
        running.add(threads.submit(work));
      }
      List<RotationReport> reports = new ArrayList<>();
      for (Future<RotationReport> report : running) {
        reports.add(report.get());
      }
      return reports;
    } finally {
      threads.shutdownNow();
    }
  }

  /** A rival that did not rotate says why, and leaves nothing once it is rolled back. */
  private void assertOneRotation(
      Prize prize, String key, List<Rival> rivals, List<RotationReport> reports) {
    assertThat(reports)
        .as(reports.toString())
        .allMatch(r -> r.status() == RunStatus.SUCCEEDED || r.status() == RunStatus.BLOCKED)
        .anyMatch(r -> r.status() == RunStatus.SUCCEEDED);
    for (int i = 0; i < reports.size(); i++) {
      if (reports.get(i).status() == RunStatus.BLOCKED) {
        assertThat(reports.get(i).reason()).contains("oll this run back");
        RotationReport back = rivals.get(i).runner().rollBack(rivals.get(i).plan().runId());
        assertThat(back.status()).as(back.reason()).isEqualTo(RunStatus.ROLLED_BACK);
      }
    }
    assertThat(world.aws.calls().of(prize.call)).filteredOn(Call::tookEffect).hasSize(1);
    world.aws.clock().advance(Duration.ofMinutes(10));
    assertThat(world.livingKeys(world.aws.region())).hasSize(prize == Prize.NEW_KEY ? 2 : 1);
    assertThat(
            world
                .kms
                .listKeyRotations(
                    r -> r.keyId(key).includeKeyMaterial(IncludeKeyMaterial.ALL_KEY_MATERIAL))
                .rotations())
        .hasSize(prize == Prize.NEW_KEY ? 1 : 2);
    assertThat(RunTag.runOf(world.kms.listResourceTags(r -> r.keyId(key)).tags())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Prize.class)
  void rival_withAPlanOfBefore_whoComesWhenAllIsDone_doesNothingTwice(Prize prize) {
    String key = start(prize, TestClock.running(3_000));
    List<Rival> rivals = List.of(rival(prize, "one"), rival(prize, "two"));
    RotationReport first = rivals.get(0).runner().run(rivals.get(0).plan()).requireComplete();
    world.pass(Duration.ofMinutes(10));

    RotationReport late = rivals.get(1).runner().run(rivals.get(1).plan());

    assertThat(world.aws.calls().of("CreateKey")).hasSize(prize == Prize.NEW_KEY ? 1 : 0);
    assertOneRotation(prize, key, rivals, List.of(first, late));
  }

  /** The claim is lost after it was seen: the tag is another run's before anything is changed. */
  @ParameterizedTest
  @EnumSource(Prize.class)
  void claim_thatIsLostOnTheWay_stopsTheRun_whichRollsBack(Prize prize) {
    String key = start(prize, TestClock.running(3_000));
    Rival rival = rival(prize, "one");
    world
        .aws
        .faults()
        .on("Encrypt")
        .then(
            () ->
                world.kms.tagResource(
                    r ->
                        r.keyId(key)
                            .tags(Tag.builder().tagKey(RunTag.KEY).tagValue("another").build())));

    RotationReport report = rival.runner().run(rival.plan());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("claimed by run another");
    assertThat(world.aws.calls().of(prize.call)).isEmpty();
    assertThat(rival.runner().rollBack(rival.plan().runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(RunTag.runOf(world.kms.listResourceTags(r -> r.keyId(key)).tags()))
        .isEqualTo(Optional.of("another"));
    assertThat(world.livingKeys(world.aws.region())).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Prize.class)
  void rival_whoPlansMeanwhile_isRefused(Prize prize) {
    start(prize, TestClock.running(3_000));
    Rival rival = rival(prize, "one");
    List<PlanningException> refused = new ArrayList<>();
    world
        .aws
        .faults()
        .on("Encrypt")
        .then(
            () -> {
              try {
                rival(prize, "two");
              } catch (PlanningException e) {
                refused.add(e);
              }
            });

    rival.runner().run(rival.plan()).requireComplete();

    assertThat(refused)
        .singleElement()
        .satisfies(
            e ->
                assertThat(e).hasMessageContaining("Run " + rival.plan().runId() + " is rotating"));
  }
}
