package io.github.kmsrotation.testkit;

/** What a test can do to the embedded S3 Control that no request can. */
public interface S3ControlView {

  /**
   * Makes a role one that S3 Batch Operations cannot assume: jobs with it fail when they are
   * prepared.
   *
   * @param roleArn the role
   */
  void refuseRole(String roleArn);

  /**
   * Lets a role be assumed again.
   *
   * @param roleArn the role
   */
  void allowRole(String roleArn);

  /**
   * Pauses a job that is ready or active, as one of a higher priority does.
   *
   * @param jobId the job
   * @throws IllegalStateException if it is neither
   */
  void pause(String jobId);

  /**
   * Lets a job that is paused go on.
   *
   * @param jobId the job
   * @throws IllegalStateException if it is not paused
   */
  void resume(String jobId);
}
