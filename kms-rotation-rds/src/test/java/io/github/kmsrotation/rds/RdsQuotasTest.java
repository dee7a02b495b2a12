package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.spi.AwsQuota;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run has beside the original, and for how long. */
class RdsQuotasTest {

  @TempDir Path directory;

  private static List<Map<AwsQuota, Integer>> quotas(RotationPlan plan) {
    return plan.steps().stream().map(step -> new RdsStrategy().quotas(plan, step)).toList();
  }

  private static void assertPlaces(RotationPlan plan, int snapshots) {
    List<Map<AwsQuota, Integer>> places = quotas(plan);
    int last = places.size() - 1;

    assertThat(plan.steps().get(last).id()).isEqualTo("clean-up");
    assertThat(places.subList(0, last))
        .as("from before the freeze until the original is gone")
        .containsOnly(Map.of(RdsQuotas.SNAPSHOTS, snapshots, RdsQuotas.INSTANCES, 1));
    assertThat(places.get(last)).isEqualTo(Map.of(RdsQuotas.SNAPSHOTS, snapshots));
  }

  @Test
  void quotas_ofEitherWay_areTakenBeforeWritesAreFrozen() {
    try (RdsWorld world = new RdsWorld(directory, r -> {})) {
      assertPlaces(world.planner().plan(), 3);
      assertPlaces(
          world
              .planner()
              .with(
                  RdsOptions.builder()
                      .client(world.rds)
                      .kmsClient(world.kms)
                      .blueGreen(BlueGreen.REQUIRED)
                      .build())
              .plan(),
          1);
    }
  }
}
