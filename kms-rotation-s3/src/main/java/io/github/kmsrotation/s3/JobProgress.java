package io.github.kmsrotation.s3;

import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobProgressSummary;

/**
 * How far a job is. What AWS does not tell yet is none.
 *
 * @param all objects of its list
 * @param succeeded of them
 * @param failed of them
 */
record JobProgress(long all, long succeeded, long failed) {

  static JobProgress of(JobDescriptor job) {
    return new JobProgress(
        count(job, JobProgressSummary::totalNumberOfTasks),
        count(job, JobProgressSummary::numberOfTasksSucceeded),
        count(job, JobProgressSummary::numberOfTasksFailed));
  }

  private static long count(JobDescriptor job, Function<JobProgressSummary, Long> which) {
    return Optional.ofNullable(job.progressSummary()).map(which).orElse(0L);
  }
}
