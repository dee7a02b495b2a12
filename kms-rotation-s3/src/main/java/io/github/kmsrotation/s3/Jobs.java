package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3control.model.DescribeJobRequest;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobListDescriptor;
import software.amazon.awssdk.services.s3control.model.JobStatus;
import software.amazon.awssdk.services.s3control.model.ListJobsRequest;
import software.amazon.awssdk.services.s3control.model.ListJobsResponse;
import software.amazon.awssdk.services.s3control.model.RequestedJobStatus;
import software.amazon.awssdk.services.s3control.model.S3ControlException;
import software.amazon.awssdk.services.s3control.model.UpdateJobStatusRequest;

/**
 * The jobs of a run. Each has a token and a description of its own, so that one whose making got no
 * answer is found again.
 */
final class Jobs {

  static final String CREATE = "s3:CreateJob";
  static final String UPDATE = "s3:UpdateJobStatus";

  /** For a new job to be known everywhere. */
  private static final Duration KNOWN_WITHIN = Duration.ofMinutes(5);

  private static final Duration EFFECT_WITHIN = Duration.ofMinutes(1);

  private static final Set<JobStatus> ENDED =
      Set.of(JobStatus.COMPLETE, JobStatus.FAILED, JobStatus.CANCELLED);

  private final S3Step.Env env;
  private final S3ControlApi api;
  private final JobRequests requests;

  Jobs(S3Step.Env env, S3ControlApi api, BatchPlan batch) {
    this.env = env;
    this.api = api;
    this.requests = new JobRequests(env, batch);
  }

  static boolean isEnded(JobStatus status) {
    return ENDED.contains(status);
  }

  private String ofThisRun() {
    return "kms-rotation " + env.plan().runId() + " ";
  }

  /** The token that names a job within the run, at most 64 characters. */
  private String token(String name) {
    return "kms-rotation-" + env.plan().runId() + "-" + name;
  }

  /**
   * Makes a job, or finds the one that was made.
   *
   * @param name within the run
   * @param confirmed whether it runs once it is prepared
   * @return its id
   */
  String create(StepContext context, String name, JobSpec spec, boolean confirmed) {
    String token = token(name);
    String description = ofThisRun() + name;
    if (context.timesSent(CREATE, token) > 0) {
      Optional<String> made =
          ofRun(context).stream()
              .filter(job -> description.equals(job.description()))
              .map(JobListDescriptor::jobId)
              .findFirst();
      if (made.isPresent()) {
        return made.get();
      }
    }
    return context.mutate(
        CREATE,
        token,
        () -> api.createJob(requests.create(spec, token, description, confirmed)).jobId());
  }

  /** Nothing if AWS does not know it, which it forgets 90 days after its end. */
  Optional<JobDescriptor> describe(StepContext context, String id) {
    DescribeJobRequest request =
        DescribeJobRequest.builder().accountId(env.plan().accountId()).jobId(id).build();
    try {
      return Optional.of(context.read("s3:DescribeJob", () -> api.describeJob(request).job()));
    } catch (S3ControlException e) {
      if (e.statusCode() == 404 || AwsFailure.errorCode(e).startsWith("NoSuchJob")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether AWS may not know it yet. */
  boolean isNew(StepContext context, String name) {
    return context.wasSentWithin(CREATE, token(name), KNOWN_WITHIN);
  }

  void confirm(StepContext context, String id) {
    update(context, id, RequestedJobStatus.READY);
  }

  /**
   * Cancels every job of this run that has not ended; what it has done stays.
   *
   * @return ids of those that have not ended yet
   */
  List<String> cancelAll(StepContext context) {
    List<String> running = new ArrayList<>();
    for (JobListDescriptor job : ofRun(context)) {
      if (!isEnded(job.status())) {
        running.add(job.jobId());
        if (job.status() != JobStatus.CANCELLING) {
          update(context, job.jobId(), RequestedJobStatus.CANCELLED);
        }
      }
    }
    return running;
  }

  /** A status that does not allow it is looked at again. */
  private void update(StepContext context, String id, RequestedJobStatus wanted) {
    String resource = id + " " + wanted;
    if (context.wasSentWithin(UPDATE, resource, EFFECT_WITHIN)) {
      return;
    }
    UpdateJobStatusRequest request =
        UpdateJobStatusRequest.builder()
            .accountId(env.plan().accountId())
            .jobId(id)
            .requestedJobStatus(wanted)
            .statusUpdateReason(ofThisRun().strip())
            .build();
    try {
      context.mutate(UPDATE, resource, () -> api.updateJobStatus(request));
    } catch (S3ControlException e) {
      if (!AwsFailure.errorCode(e).equals("JobStatusException")) {
        throw e;
      }
    }
  }

  private List<JobListDescriptor> ofRun(StepContext context) {
    List<JobListDescriptor> found = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      ListJobsRequest request =
          ListJobsRequest.builder()
              .accountId(env.plan().accountId())
              .nextToken(next.orElse(null))
              .build();
      ListJobsResponse page = context.read("s3:ListJobs", () -> api.listJobs(request));
      page.jobs().stream()
          .filter(job -> Objects.toString(job.description(), "").startsWith(ofThisRun()))
          .forEach(found::add);
      next = Optional.ofNullable(page.nextToken());
    } while (next.isPresent());
    return found;
  }

  /** Why AWS says that a job failed. */
  static String reasons(JobDescriptor job) {
    List<String> reasons = new ArrayList<>();
    job.failureReasons()
        .forEach(reason -> reasons.add(reason.failureCode() + ": " + reason.failureReason()));
    if (reasons.isEmpty()) {
      Optional.ofNullable(job.statusUpdateReason()).ifPresent(reasons::add);
    }
    return reasons.isEmpty() ? "no reason is told" : String.join("; ", reasons);
  }
}
