package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Step;
import java.util.List;

/** The steps of moving objects by replication, in order. */
final class ReplicationSteps {

  private ReplicationSteps() {}

  static List<Step> of(S3Step.Env env, ReplicationSetup setup) {
    return List.of(
        new ReplicationRuleStep(env, setup),
        new ReplicationExistingStep(env, setup),
        new ReplicationCompareStep(env, setup),
        new ReplicationSwitchStep(env, setup),
        new ReplicationWatchStep(env, setup),
        new ReplicationEndStep(env, setup));
  }
}
