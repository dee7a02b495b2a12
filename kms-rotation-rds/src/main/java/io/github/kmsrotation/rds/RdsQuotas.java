package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.spi.AwsQuota;
import java.util.Map;

/**
 * What a run has beside the original: another DB instance until the original is deleted, and manual
 * DB snapshots until the clean-up. Their places are taken from its first step on, although they are
 * needed later: a run that waited for one with writes frozen would be an outage.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html">Quotas for
 *     Amazon RDS</a>
 */
final class RdsQuotas {

  static final AwsQuota INSTANCES = new AwsQuota("rds", "DB instances", 40);
  static final AwsQuota SNAPSHOTS = new AwsQuota("rds", "Manual DB instance snapshots", 100);

  /** The snapshot, its copy, and the final one of the original, which is made before those go. */
  static final int SNAPSHOTS_OF_A_RUN = 3;

  static final int INSTANCES_OF_A_RUN = 1;

  private RdsQuotas() {}

  static Map<AwsQuota, Integer> of(RotationPlan plan, StepDescription step) {
    int snapshots = RdsWay.of(plan.attributes()) == RdsWay.SNAPSHOT ? SNAPSHOTS_OF_A_RUN : 1;
    return isOriginalGone(plan, step)
        ? Map.of(SNAPSHOTS, snapshots)
        : Map.of(SNAPSHOTS, snapshots, INSTANCES, INSTANCES_OF_A_RUN);
  }

  private static boolean isOriginalGone(RotationPlan plan, StepDescription step) {
    return plan.steps().subList(0, plan.steps().indexOf(step)).stream()
        .anyMatch(before -> before.id().equals(RetireInstanceStep.ID));
  }
}
