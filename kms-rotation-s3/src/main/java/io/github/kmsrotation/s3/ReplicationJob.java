package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3control.model.CreateJobRequest;
import software.amazon.awssdk.services.s3control.model.DescribeJobRequest;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobListDescriptor;
import software.amazon.awssdk.services.s3control.model.JobReportFormat;
import software.amazon.awssdk.services.s3control.model.JobReportScope;
import software.amazon.awssdk.services.s3control.model.JobStatus;
import software.amazon.awssdk.services.s3control.model.ListJobsRequest;
import software.amazon.awssdk.services.s3control.model.ListJobsResponse;
import software.amazon.awssdk.services.s3control.model.ReplicationStatus;
import software.amazon.awssdk.services.s3control.model.RequestedJobStatus;
import software.amazon.awssdk.services.s3control.model.UpdateJobStatusRequest;

/**
 * The jobs of a run that replicate what was there before its rule. They are known by their
 * descriptions, and made once by their tokens.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html">Replicating
 *     existing objects with Batch Replication</a>
 */
final class ReplicationJob {

  static final String CREATE = "s3:CreateJob";
  static final String CANCEL = "s3:UpdateJobStatus";
  private static final int PRIORITY = 10;
  private static final List<JobStatus> ENDED =
      List.of(JobStatus.COMPLETE, JobStatus.FAILED, JobStatus.CANCELLED);

  private final S3Step.Env env;
  private final ReplicationSetup setup;

  ReplicationJob(S3Step.Env env, ReplicationSetup setup) {
    this.env = env;
    this.setup = setup;
  }

  private S3ControlApi control() {
    return env.options().replication().flatMap(Replication::control).orElseThrow();
  }

  private String token(int attempt) {
    return env.plan().runId() + "-" + attempt;
  }

  private String description(int attempt) {
    return "kms-rotation " + token(attempt);
  }

  static boolean isEnded(JobStatus status) {
    return ENDED.contains(status);
  }

  /** Looks before it makes one, if one may have been made. */
  String findOrCreate(StepContext context, int attempt) {
    Optional<String> found =
        context.timesSent(CREATE, token(attempt)) == 0
            ? Optional.empty()
            : list(context).stream()
                .filter(job -> description(attempt).equals(job.description()))
                .map(JobListDescriptor::jobId)
                .findFirst();
    return found.orElseGet(
        () ->
            context.mutate(
                CREATE, token(attempt), () -> control().createJob(request(attempt)).jobId()));
  }

  private CreateJobRequest request(int attempt) {
    List<ReplicationStatus> statuses = new ArrayList<>();
    statuses.add(ReplicationStatus.NONE);
    statuses.add(ReplicationStatus.FAILED);
    statuses.add(ReplicationStatus.REPLICA);
    if (setup.hasFormerRules()) {
      statuses.add(ReplicationStatus.COMPLETED);
    }
    return CreateJobRequest.builder()
        .accountId(env.plan().accountId())
        .clientRequestToken(token(attempt))
        .description(description(attempt))
        .confirmationRequired(false)
        .priority(PRIORITY)
        .roleArn(setup.batchRole())
        .operation(o -> o.s3ReplicateObject(r -> {}))
        .manifestGenerator(
            g ->
                g.s3JobManifestGenerator(
                    s ->
                        s.sourceBucket(arn(env.bucket().name()))
                            .enableManifestOutput(false)
                            .filter(
                                f -> {
                                  f.eligibleForReplication(true)
                                      .objectReplicationStatuses(statuses);
                                  env.prefix()
                                      .ifPresent(
                                          p -> f.keyNameConstraint(k -> k.matchAnyPrefix(p)));
                                })))
        .report(
            r ->
                setup
                    .reports()
                    .ifPresentOrElse(
                        bucket ->
                            r.enabled(true)
                                .bucket(arn(bucket))
                                .prefix("kms-rotation")
                                .format(JobReportFormat.REPORT_CSV_20180820)
                                .reportScope(JobReportScope.FAILED_TASKS_ONLY),
                        () -> r.enabled(false)))
        .build();
  }

  private String arn(String bucket) {
    return ReplicationRules.arn(env.keyArn(), bucket);
  }

  JobDescriptor describe(StepContext context, String jobId) {
    DescribeJobRequest request =
        DescribeJobRequest.builder().accountId(env.plan().accountId()).jobId(jobId).build();
    return context.read("s3:DescribeJob", () -> control().describeJob(request)).job();
  }

  /** Cancels what the run left running. Whether all had ended already. */
  boolean cancel(StepContext context) {
    boolean areEnded = true;
    for (JobListDescriptor job : list(context)) {
      boolean isMine =
          job.description() != null
              && job.description().startsWith("kms-rotation " + env.plan().runId() + "-");
      if (isMine && !isEnded(job.status())) {
        areEnded = false;
        if (job.status() != JobStatus.CANCELLING && job.status() != JobStatus.COMPLETING) {
          UpdateJobStatusRequest request =
              UpdateJobStatusRequest.builder()
                  .accountId(env.plan().accountId())
                  .jobId(job.jobId())
                  .requestedJobStatus(RequestedJobStatus.CANCELLED)
                  .build();
          context.mutate(CANCEL, job.jobId(), () -> control().updateJobStatus(request));
        }
      }
    }
    return areEnded;
  }

  private List<JobListDescriptor> list(StepContext context) {
    List<JobListDescriptor> jobs = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      ListJobsRequest request =
          ListJobsRequest.builder()
              .accountId(env.plan().accountId())
              .nextToken(next.orElse(null))
              .build();
      ListJobsResponse page = context.read("s3:ListJobs", () -> control().listJobs(request));
      jobs.addAll(page.jobs());
      next = Optional.ofNullable(page.nextToken());
    } while (next.isPresent());
    return jobs;
  }
}
