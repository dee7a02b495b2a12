package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.s3.BatchReplication;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * Runs jobs over the clock: a minute to read or make the manifest, then a thousand tasks a second,
 * which AWS gives no figure for. A job fails when more than half of its tasks failed, once a
 * thousand ran.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-status.html">Tracking
 *     job failure</a>
 */
final class JobRunner {

  private static final Duration PREPARATION = Duration.ofMinutes(1);
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final int TASKS_IN_STEP = 1000;
  private static final int LEAST_TO_FAIL = 1000;

  private final Timeline timeline;
  private final JobManifests manifests;
  private final JobTasks tasks;
  private final JobReports reports;
  private final Set<String> refusedRoles = new HashSet<>();

  JobRunner(Timeline timeline, S3Calls s3, BatchReplication replication) {
    this.timeline = timeline;
    this.manifests = new JobManifests(s3, replication);
    this.tasks = new JobTasks(s3, replication);
    this.reports = new JobReports(s3);
  }

  boolean refuseRole(String roleArn, boolean isRefused) {
    return isRefused ? refusedRoles.add(roleArn) : refusedRoles.remove(roleArn);
  }

  void start(Job job) {
    timeline.after(STEP, () -> ifIn(job, JobStatus.NEW, () -> job.status = JobStatus.PREPARING));
    timeline.after(PREPARATION, () -> ifIn(job, JobStatus.PREPARING, () -> prepare(job)));
  }

  private static void ifIn(Job job, JobStatus status, Runnable work) {
    if (job.status == status) {
      work.run();
    }
  }

  private void prepare(Job job) {
    String role = job.request.required("RoleArn");
    if (refusedRoles.contains(role)) {
      fail(job, "AccessDenied", "The role cannot be assumed: " + role);
      return;
    }
    try {
      job.tasks = manifests.tasks(job);
    } catch (AwsError e) {
      fail(job, e.code(), e.text());
      return;
    } catch (NoSuchElementException e) {
      fail(job, "InvalidManifestContent", "The job's manifest is incomplete.");
      return;
    }
    if (job.isConfirmationRequired()) {
      job.status = JobStatus.SUSPENDED;
      job.suspended = Optional.of(timeline.now());
    } else {
      ready(job);
    }
  }

  private void fail(Job job, String code, String reason) {
    job.failureCode = Optional.of(code);
    job.failureReason = Optional.of(reason);
    end(job, JobStatus.FAILED);
  }

  private void end(Job job, JobStatus status) {
    job.status = status;
    job.ended = Optional.of(timeline.now());
  }

  void ready(Job job) {
    job.status = JobStatus.READY;
    timeline.after(
        STEP,
        () ->
            ifIn(
                job,
                JobStatus.READY,
                () -> {
                  job.status = JobStatus.ACTIVE;
                  step(job);
                }));
  }

  private void step(Job job) {
    int from = job.results.size();
    List<Job.Task> some = job.tasks.subList(from, Math.min(job.tasks.size(), from + TASKS_IN_STEP));
    for (Job.Task task : some) {
      Job.Result result = tasks.carryOut(job, task);
      job.results.add(result);
      job.failures += result.hasSucceeded() ? 0 : 1;
    }
    int ran = job.results.size();
    if (ran >= LEAST_TO_FAIL && job.failures * 2 > ran) {
      job.status = JobStatus.FAILING;
      timeline.after(STEP, () -> finish(job, JobStatus.FAILED));
    } else if (ran == job.tasks.size()) {
      job.status = JobStatus.COMPLETING;
      timeline.after(STEP, () -> finish(job, JobStatus.COMPLETE));
    } else {
      timeline.after(STEP, () -> ifIn(job, JobStatus.ACTIVE, () -> step(job)));
    }
  }

  /** Tasks that ran are not undone. */
  void cancel(Job job) {
    job.status = JobStatus.CANCELLING;
    timeline.after(STEP, () -> finish(job, JobStatus.CANCELLED));
  }

  private void finish(Job job, JobStatus status) {
    try {
      reports.write(job, timeline.now());
      if (status == JobStatus.FAILED) {
        fail(job, "FailureThreshold", "More than half of the tasks failed.");
      } else {
        end(job, status);
      }
    } catch (AwsError e) {
      fail(job, e.code(), "The completion report cannot be written: " + e.text());
    }
  }
}
