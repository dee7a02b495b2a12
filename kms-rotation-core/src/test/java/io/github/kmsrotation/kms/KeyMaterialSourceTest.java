package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** Callers' code that does what it should not, and options that are not those of the plan. */
class KeyMaterialSourceTest {

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private KeyWorld world;

  @BeforeEach
  void start() {
    world = new KeyWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private KeyOptions options(KeyMaterialSource source) {
    return world.application.options().keyMaterial(source).build();
  }

  private RotationReport run(RotationPlan plan, KeyOptions options) {
    return world
        .runner()
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build()
        .run(plan);
  }

  /** The library wipes what it is given: the second time, the same array holds zeros. */
  @Test
  void source_thatGivesTheSameArrayTwice_importsNoZeros() {
    world.importedKey();
    byte[] shared = KeyApplication.sha256("shared");
    KeyOptions options = options(request -> shared);
    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).with(options).plan();

    RotationReport report = run(plan, options);

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("zero");
    assertThat(world.aws.calls().of("ImportKeyMaterial")).hasSize(1);
  }

  @Test
  @SuppressWarnings("NullAway") // what callers do who do not check
  void source_thatGivesNull_isAProblemOfThePlan() {
    world.importedKey();

    assertThatThrownBy(
            () ->
                world
                    .planner(RotationReason.SCHEDULE_REQUIRED)
                    .with(options(request -> null))
                    .plan())
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("null");
  }

  @Test
  void source_thatThrows_isNoAnswer_andTheRunGoesOnWhenItAnswersAgain() {
    world.importedKey();
    AtomicInteger asked = new AtomicInteger();
    KeyOptions options =
        options(
            request -> {
              if (asked.incrementAndGet() == 2) {
                throw new IllegalStateException("the vault is sealed");
              }
              return KeyApplication.material(request);
            });
    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).with(options).plan();

    RotationReport report = run(plan, options);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    world.approving().resume(plan.runId()).requireComplete();
  }

  /** The primary key takes one thing, the replica is offered another. */
  @Test
  void source_thatGivesAnotherThingTheSecondTime_stopsBeforeTheRotation_andIsRolledBack() {
    world.multiRegionKey(OriginType.EXTERNAL);
    AtomicInteger asked = new AtomicInteger();
    KeyOptions options =
        options(request -> KeyApplication.sha256("number " + asked.incrementAndGet()));
    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).with(options).plan();

    RotationReport report = run(plan, options);

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.aws.calls().of("RotateKeyOnDemand")).isEmpty();
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
  }

  private KeyMaterialOptions again(Duration expires) {
    return KeyMaterialOptions.builder()
        .client(world.kms)
        .wrappingKeySpec(WrappingKeySpec.RSA_2048)
        .materialExpiresAfter(expires)
        .keyMaterial(request -> KeyApplication.sha256(KeyWorld.FIRST_MATERIAL))
        .build();
  }

  /** The runner's options are not the planner's: the key must not expire sooner than before. */
  @Test
  void reimport_withAShorterExpiryThanThePlans_isBlocked() {
    String key = world.key(r -> r.origin(OriginType.EXTERNAL));
    world.importMaterial(
        key, "SYMMETRIC_DEFAULT", KeyWorld.FIRST_MATERIAL, false, Optional.of(Duration.ofDays(30)));
    Instant expiry = world.describe(key).validTo();
    RotationPlan plan =
        world
            .application
            .materialPlanner()
            .with(again(Duration.ofDays(300)))
            .clock(world.aws.clock())
            .plan();

    RotationReport report =
        world
            .runner()
            .with(again(Duration.ofDays(1)))
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .build()
            .run(plan);

    assertThat(world.describe(key).validTo()).isAfterOrEqualTo(expiry);
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.BLOCKED);
  }

  @Test
  void replicaClients_areAskedOnceForEachRegion_sinceMakingAClientIsDear() {
    world.multiRegionKey(OriginType.AWS_KMS);
    AtomicInteger asked = new AtomicInteger();
    KeyOptions options =
        world
            .application
            .options()
            .replicaClients(
                region -> {
                  asked.incrementAndGet();
                  return world.application.kms(region);
                })
            .build();
    RotationPlan plan = world.planner(RotationReason.NEW_KEY_REQUESTED).with(options).plan();
    assertThat(asked).hasValue(1);

    run(plan, options).requireComplete();

    assertThat(asked).hasValue(2);
  }
}
