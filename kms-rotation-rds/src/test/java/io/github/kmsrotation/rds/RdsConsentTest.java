package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.RotationPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A plan is a file: somebody who may write to it could take checks, and consent, out of it. */
class RdsConsentTest {

  @TempDir Path directory;
  private RdsWorld world;

  @BeforeEach
  void createDatabase() {
    world = new RdsWorld(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RotationPlan without(String attribute, List<String> steps) {
    RotationPlan plan = world.planner().plan();
    SortedMap<String, String> attributes = new TreeMap<>(plan.attributes());
    assertThat(attributes.put(attribute, "false")).isEqualTo("true");
    RotationPlan.Builder forged =
        RotationPlan.builder(plan.runId(), plan.createdAt())
            .target(plan.kind(), plan.targetId())
            .place(plan.region(), plan.accountId())
            .keys(plan.reason(), plan.currentKeyArn(), plan.targetKeyArn())
            .attributes(attributes)
            .steps(plan.steps().stream().filter(s -> !steps.contains(s.id())).toList());
    return RotationPlan.fromJson(forged.build().toJson());
  }

  @ParameterizedTest
  @CsvSource({
    "verifiesData, verify-data check-no-writes, iAcceptThatTheDataIsNotCompared",
    "freezesWrites, freeze-writes check-no-writes thaw-writes,"
        + " iAcceptLosingWritesMadeAfterTheSnapshot"
  })
  void run_ofAForgedPlanThatLeavesOutACheck_isRefusedUnlessTheRunnerAcceptsThat(
      String attribute, String steps, String consent) {
    RotationPlan forged = without(attribute, List.of(steps.split(" ")));
    world.aws.calls().clear();

    assertThatThrownBy(() -> world.approving().run(forged))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining(forged.runId().value())
        .hasMessageContaining(consent);

    assertThat(world.aws.calls().all()).isEmpty();
  }
}
