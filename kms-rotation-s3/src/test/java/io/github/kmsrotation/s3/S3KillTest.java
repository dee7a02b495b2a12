package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.fault.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Promise 2, where the process is killed by the system at random moments, again and again: before a
 * call takes effect, after it did and before it is answered, or between calls. One rotation after
 * the other, each killed until it ends, until there were enough kills.
 */
class S3KillTest {

  /** More with {@code -Dkmsrotation.s3.kills=1000}. */
  private static final int KILLS = Integer.getInteger("kmsrotation.s3.kills", 100);

  private static final int MOVED = 120;
  private static final int REWRITTEN = 10;

  /** With one thread. */
  private static final int BATCH = 100;

  private static final int MOST_CALLS_OF_A_LIFE = 150;

  @TempDir Path directory;
  private final Random random = new Random(7);
  private final Map<String, String> expected = new HashMap<>();
  private S3World world;
  private BucketProcess child;
  private int kills;

  @BeforeEach
  void fillBucket() {
    world = new S3World(directory);
    child = new BucketProcess(directory);
    world.enableVersioning();
    List<Runnable> puts = new ArrayList<>();
    for (int i = 0; i < MOVED; i++) {
      String key = "moved/" + i / 2; // two versions of each
      puts.add(() -> world.put(key));
      expected.put(key, "content of " + key);
    }
    Together.run(puts);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void rotation_killedAtRandomMomentsAndResumed_endsComplete_andRepeatsNothing() throws Exception {
    Path archiving = plan(0);
    putToRewrite(0);
    assertThat(live(archiving)).isTrue(); // makes the archive of classes
    for (int rotation = 1; kills < KILLS; rotation++) {
      putToRewrite(rotation);
      int versions = world.versions().size();
      Path plan = plan(rotation);
      world.aws.calls().clear();
      int killsBefore = kills;

      do {
        armKill();
      } while (!live(plan));

      assertComplete(rotation, versions);
      assertNothingRepeated(rotation, kills - killsBefore + 1);
    }
  }

  /** The next life's end. */
  private CompletableFuture<Process> victim = new CompletableFuture<>();

  private void armKill() {
    world.aws.faults().clear();
    CompletableFuture<Process> next = new CompletableFuture<>();
    victim = next;
    Faults.Rule call = world.aws.faults().onAny().nth(1 + random.nextInt(MOST_CALLS_OF_A_LIFE));
    switch (random.nextInt(3)) {
      case 0 -> call.dropBefore(() -> kill(next.join()));
      case 1 -> call.dropAfter(() -> kill(next.join()));
      default -> {
        int later = random.nextInt(20_000);
        call.then(
            () ->
                CompletableFuture.delayedExecutor(later, TimeUnit.MICROSECONDS)
                    .execute(() -> next.join().destroyForcibly()));
      }
    }
  }

  private static void kill(Process process) {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the run came to its end. */
  private boolean live(Path plan) throws IOException, InterruptedException {
    Path output = directory.resolve("output.txt");
    Process process = child.start(world, plan, output);
    victim.complete(process);
    process.waitFor();
    if (process.exitValue() == 137) {
      kills++;
      return false;
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return true;
  }

  private Path plan(int rotation) throws IOException {
    S3Options options =
        world
            .options()
            .bucketKeys(isLookedAtFirst(rotation) ? BucketKeys.KEEP : BucketKeys.ENABLE)
            .rewriteWhatCannotBeUpdated()
            .build();
    RotationPlan plan = world.planner().toKey(key(rotation)).with(options).plan();
    return Files.writeString(directory.resolve(rotation + ".plan"), plan.toJson());
  }

  private static boolean isLookedAtFirst(int rotation) {
    return rotation % 3 != 0;
  }

  private String key(int rotation) {
    return rotation % 2 == 0 ? world.newKey : world.oldKey;
  }

  private void putToRewrite(int rotation) {
    for (int i = 0; i < REWRITTEN; i++) {
      String key = "rewritten/" + rotation + "/" + i;
      world.put(key, r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE));
      expected.put(key, "content of " + key);
    }
  }

  private void assertComplete(int rotation, int versionsBefore) {
    List<ObjectVersion> versions = world.versions();
    assertThat(versions).hasSize(versionsBefore + REWRITTEN);
    assertThat(versions.stream().filter(ObjectVersion::isLatest)).hasSize(expected.size());
    Together.run(
        versions.stream().map(v -> (Runnable) () -> assertIsUnder(key(rotation), v)).toList());
    expected.forEach((key, content) -> assertThat(world.read(key)).isEqualTo(content));
    ListObjectVersionsResponse canaries =
        world.s3.listObjectVersions(r -> r.bucket(S3World.BUCKET).prefix("kms-rotation-canary"));
    assertThat(canaries.versions()).isEmpty();
    assertThat(canaries.deleteMarkers()).isEmpty();
    assertThat(world.s3.listMultipartUploads(r -> r.bucket(S3World.BUCKET)).uploads()).isEmpty();
  }

  /** What was rewritten has an older version that stayed under DSSE-KMS. */
  private void assertIsUnder(String key, ObjectVersion version) {
    boolean stays = version.key().startsWith("rewritten/") && !version.isLatest();
    assertThat(world.head(version).serverSideEncryptionAsString())
        .as(version.key())
        .isEqualTo(stays ? "aws:kms:dsse" : "aws:kms");
    assertThat(world.head(version).ssekmsKeyId().equals(key)).as(version.key()).isNotEqualTo(stays);
  }

  /**
   * Each version was moved once; where it need not be looked at first, those of a life's last batch
   * perhaps once more.
   */
  private void assertNothingRepeated(int rotation, int livesOfIt) {
    long canaries = effective("PutObject");
    long moves = effective("UpdateObjectEncryption") - canaries;
    long movable = MOVED + (long) REWRITTEN * rotation;
    long repeated = isLookedAtFirst(rotation) ? 0 : (long) BATCH * livesOfIt;
    assertThat(canaries).isBetween(1L, (long) livesOfIt);
    assertThat(moves).isBetween(movable - canaries, movable + repeated);
    assertThat(effective("CopyObject")).isEqualTo(REWRITTEN);
  }

  private long effective(String operation) {
    return world.aws.calls().of(operation).stream().filter(Call::tookEffect).count();
  }
}
