package io.github.kmsrotation.testkit.s3control;

/**
 * The states of a job.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-status.html">Tracking
 *     job status</a>
 */
enum JobStatus {
  NEW("New"),
  PREPARING("Preparing"),
  SUSPENDED("Suspended"),
  READY("Ready"),
  ACTIVE("Active"),
  PAUSED("Paused"),
  COMPLETING("Completing"),
  COMPLETE("Complete"),
  CANCELLING("Cancelling"),
  CANCELLED("Cancelled"),
  FAILING("Failing"),
  FAILED("Failed");

  private final String wire;

  JobStatus(String wire) {
    this.wire = wire;
  }

  String wire() {
    return wire;
  }

  boolean isEnded() {
    return this == COMPLETE || this == CANCELLED || this == FAILED;
  }
}
