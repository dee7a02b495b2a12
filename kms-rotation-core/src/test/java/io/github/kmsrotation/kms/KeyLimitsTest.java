package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.Tag;

/** Keys at the limits of what KMS allows. */
class KeyLimitsTest {

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private KeyWorld world;

  private void start() {
    world = new KeyWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void newKey_ofAKeyWithManyAliasesGrantsAndTags_hasThemAll() {
    start();
    String key =
        world
            .kms
            .createKey(
                r ->
                    r.tags(
                        IntStream.range(0, 49)
                            .mapToObj(i -> Tag.builder().tagKey("t" + i).tagValue("v").build())
                            .toList()))
            .keyMetadata()
            .arn();
    world.kms.createAlias(r -> r.aliasName(KeyWorld.ALIAS).targetKeyId(key));
    List<String> names =
        IntStream.range(0, 49).mapToObj(i -> "alias/" + "a".repeat(247) + (100 + i)).toList();
    names.forEach(name -> world.kms.createAlias(r -> r.aliasName(name).targetKeyId(key)));
    for (int i = 0; i < 120; i++) {
      String role = "arn:aws:iam::111122223333:role/r" + i;
      world.kms.createGrant(
          r -> r.keyId(key).granteePrincipal(role).operations(GrantOperation.DECRYPT));
    }
    RotationPlan plan = world.planner(RotationReason.NEW_KEY_REQUESTED).plan();

    world.approving().run(plan).requireComplete();

    String made = world.describe(KeyWorld.ALIAS).arn();
    assertThat(made).isNotEqualTo(key);
    assertThat(names).allMatch(name -> world.describe(name).arn().equals(made));
    assertThat(world.kms.listGrantsPaginator(r -> r.keyId(made)).grants()).hasSize(120);
    assertThat(world.kms.listResourceTagsPaginator(r -> r.keyId(made)).tags()).hasSize(49);
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(names).allMatch(name -> world.describe(name).arn().equals(key));
  }

  @Test
  void newMaterial_canBeMadeTwentyFiveTimes_andThenIsANewKey() {
    start();
    String key = world.symmetricKey();
    for (int i = 0; i < 25; i++) {
      world
          .approving()
          .run(world.planner(RotationReason.NEW_MATERIAL_REQUESTED).plan())
          .requireComplete();
    }
    world
        .approving()
        .run(world.planner(RotationReason.NEW_MATERIAL_REQUESTED).plan())
        .requireComplete();

    assertThat(world.describe(KeyWorld.ALIAS).arn()).isNotEqualTo(key);
  }

  /** A person uses up the last rotation on demand between planning and running. */
  @Test
  void newMaterial_whenTheLastRotationIsUsedUpMeanwhile_stops_andRollsBack() {
    start();
    String key = world.importedKey();
    for (int i = 0; i < 24; i++) {
      String material = "material " + i;
      world.importMaterial(key, "SYMMETRIC_DEFAULT", material, true, Optional.empty());
      world.kms.rotateKeyOnDemand(r -> r.keyId(key));
      world.pass(Duration.ofMinutes(10));
    }
    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).plan();
    world.importMaterial(key, "SYMMETRIC_DEFAULT", "last", true, Optional.empty());
    world.kms.rotateKeyOnDemand(r -> r.keyId(key));
    world.pass(Duration.ofMinutes(10));

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.kms.listResourceTags(r -> r.keyId(key)).tags()).hasSize(1);
  }

  /** To find the key whose answer was lost, the tags of every key are read: in several pages. */
  @Test
  void newKey_whoseAnswerIsLost_isFoundAmongVeryManyKeys() {
    start();
    String key = world.symmetricKey();
    for (int i = 0; i < 1_100; i++) {
      world.kms.createKey();
    }
    RotationPlan plan = world.planner(RotationReason.NEW_KEY_REQUESTED).plan();
    world.aws.faults().on("CreateKey").dropAfter();

    world.approving().run(plan).requireComplete();

    assertThat(world.describe(KeyWorld.ALIAS).arn()).isNotEqualTo(key);
    assertThat(world.livingKeys(world.aws.region())).hasSize(1_102);
  }

  /** The library's own rate limit is off here: KMS throttles, ListResourceTags at 10 a second. */
  @Test
  void newKey_whoseAnswerIsLost_isFound_thoughKmsThrottlesTheSearch() {
    world = KeyWorld.withQuotas(directory.resolve("journal"), TestClock.running(10));
    for (int i = 0; i < 60; i++) {
      world.kms.createKey();
      world.pass(Duration.ofSeconds(1));
    }
    String key = world.symmetricKey();
    RotationPlan plan = world.planner(RotationReason.NEW_KEY_REQUESTED).plan();
    world.aws.faults().on("CreateKey").dropAfter();

    RotationReport report = world.approving().run(plan);
    for (int i = 0; i < 20 && report.status() == RunStatus.FAILED; i++) {
      assertThat(report.reason()).contains("throttled");
      world.pass(Duration.ofSeconds(5));
      report = world.approving().resume(plan.runId());
    }

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.describe(KeyWorld.ALIAS).arn()).isNotEqualTo(key);
    assertThat(world.livingKeys(world.aws.region())).hasSize(62);
  }
}
