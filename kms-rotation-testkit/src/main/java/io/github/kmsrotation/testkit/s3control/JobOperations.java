package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import io.github.kmsrotation.testkit.http.RestRequest;
import io.github.kmsrotation.testkit.s3.BatchReplication;
import io.github.kmsrotation.testkit.s3.Xml;
import io.github.kmsrotation.testkit.s3.XmlOut;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * The operations on jobs. Each takes the embedded AWS's lock.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html">CreateJob</a>
 */
final class JobOperations {

  static final String NAMESPACE = "http://awss3control.amazonaws.com/doc/2018-08-20/";
  private static final int MOST_IN_PAGE = 1000;
  private static final int MOST_PRIORITY_DIGITS = 9;

  private final Lock lock;
  private final Timeline timeline;
  private final JobRunner runner;
  private final Map<String, Job> jobs = new LinkedHashMap<>();

  JobOperations(Lock lock, Timeline timeline, S3Calls s3, BatchReplication replication) {
    this.lock = lock;
    this.timeline = timeline;
    this.runner = new JobRunner(timeline, s3, replication);
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      timeline.catchUp();
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  RestAnswer create(RestRequest request) throws IOException {
    Xml wish = Xml.parse(request.body().readAllBytes(), "CreateJobRequest");
    wish.allow(
        "ConfirmationRequired",
        "Operation",
        "Report",
        "ClientRequestToken",
        "Manifest",
        "Description",
        "Priority",
        "RoleArn",
        "ManifestGenerator");
    Xml operation = wish.child("Operation").orElseThrow(() -> invalid("Operation is missing."));
    if (operation.children().size() != 1) {
      throw invalid("There has to be one operation.");
    }
    JobTasks.check(operation.children().get(0));
    checkReport(wish.child("Report").orElseThrow(() -> invalid("Report is missing.")));
    checkManifest(wish);
    int priority = priority(wish.required("Priority"));
    if (!wish.required("RoleArn").matches("arn:aws:iam::[0-9]{12}:role/.+")) {
      throw invalid("RoleArn is not the ARN of a role.");
    }
    return locked(() -> create(request.region(), wish, priority));
  }

  private static AwsError invalid(String message) {
    return AwsError.badRequest("InvalidRequest", message);
  }

  private static void checkReport(Xml report) {
    report.allow("Bucket", "Format", "Enabled", "Prefix", "ReportScope", "ExpectedBucketOwner");
    if (report.required("Enabled").equals("true")) {
      Arns.bucket(report.required("Bucket"));
      boolean isKnown =
          report.required("Format").equals("Report_CSV_20180820")
              && report.required("ReportScope").matches("AllTasks|FailedTasksOnly");
      if (!isKnown) {
        throw invalid("The report's format or scope is invalid.");
      }
    }
  }

  private static void checkManifest(Xml wish) {
    Optional<Xml> manifest = wish.child("Manifest");
    Optional<Xml> generator = wish.child("ManifestGenerator");
    if (manifest.isPresent() == generator.isPresent()) {
      throw invalid("There has to be a Manifest or a ManifestGenerator, and not both.");
    }
    if (generator.isPresent()) {
      Xml s3 =
          generator
              .get()
              .child("S3JobManifestGenerator")
              .orElseThrow(() -> invalid("S3JobManifestGenerator is missing."));
      Arns.bucket(s3.required("SourceBucket"));
      s3.required("EnableManifestOutput");
      ObjectFilter.of(s3.child("Filter"));
      return;
    }
    Xml spec = manifest.get().child("Spec").orElseThrow(() -> invalid("Spec is missing."));
    if (spec.required("Format").equals("S3InventoryReport_CSV_20161130")) {
      requireLocation(manifest.get());
      return;
    }
    if (!spec.required("Format").equals("S3BatchOperations_CSV_20180820")) {
      throw AwsError.notModelled("manifests of the format " + spec.required("Format"));
    }
    List<String> fields =
        spec.child("Fields").map(f -> f.all("member")).orElse(List.of()).stream()
            .map(Xml::text)
            .toList();
    if (!fields.containsAll(List.of("Bucket", "Key"))) {
      throw invalid("The manifest's fields have to have Bucket and Key.");
    }
    requireLocation(manifest.get());
  }

  private static void requireLocation(Xml manifest) {
    Xml location = manifest.child("Location").orElseThrow(() -> invalid("Location is missing."));
    Arns.object(location.required("ObjectArn"));
    location.required("ETag");
  }

  private static int priority(String text) {
    if (!text.matches("[0-9]{1," + MOST_PRIORITY_DIGITS + "}")) {
      throw invalid("Priority has to be a whole number that is not negative: " + text);
    }
    return Integer.parseInt(text);
  }

  /** A request whose answer was lost is answered with the job that it made. */
  private RestAnswer create(String region, Xml wish, int priority) {
    String token = wish.required("ClientRequestToken");
    for (Job job : jobs.values()) {
      if (job.token.equals(token) && job.region.equals(region)) {
        if (!job.request.equals(wish)) {
          throw AwsError.badRequest(
              "IdempotencyException", "The token was used for another request: " + token);
        }
        return created(job);
      }
    }
    Job job = new Job(UUID.randomUUID().toString(), region, token, wish, timeline.now(), priority);
    jobs.put(job.id, job);
    runner.start(job);
    return created(job);
  }

  private static RestAnswer created(Job job) {
    return XmlOut.of("CreateJobResult", NAMESPACE).put("JobId", job.id).answer(200, Map.of());
  }

  /** As a job of a higher priority does. */
  void pause(String id) {
    locked(
        () -> {
          Job job = Objects.requireNonNull(jobs.get(id), id);
          if (job.status != JobStatus.READY && job.status != JobStatus.ACTIVE) {
            throw new IllegalStateException("Not to be paused: " + job);
          }
          job.status = JobStatus.PAUSED;
          return id;
        });
  }

  void resume(String id) {
    locked(
        () -> {
          Job job = Objects.requireNonNull(jobs.get(id), id);
          if (job.status != JobStatus.PAUSED) {
            throw new IllegalStateException("Not paused: " + job);
          }
          runner.ready(job);
          return id;
        });
  }

  /** A role that S3 cannot assume, or can again. */
  void refuseRole(String roleArn, boolean isRefused) {
    locked(() -> runner.refuseRole(roleArn, isRefused));
  }

  private Job job(RestRequest request) {
    String id = request.rawPath().split("/")[3];
    return Optional.ofNullable(jobs.get(id))
        .filter(job -> job.region.equals(request.region()))
        .orElseThrow(() -> new AwsError("NoSuchJob", 404, "The specified job does not exist."));
  }

  RestAnswer describe(RestRequest request) {
    return locked(() -> JobDescription.of(job(request), request.accountId()));
  }

  RestAnswer list(RestRequest request) {
    int most = request.query("maxResults").map(JobOperations::priority).orElse(MOST_IN_PAGE);
    int from = request.query("nextToken").map(JobOperations::priority).orElse(0);
    Optional<String> statuses = request.query("jobStatuses");
    return locked(
        () -> {
          List<Job> all =
              jobs.values().stream()
                  .filter(job -> job.region.equals(request.region()))
                  .filter(job -> statuses.isEmpty() || statuses.get().equals(job.status.wire()))
                  .toList();
          List<Job> page =
              all.subList(Math.min(from, all.size()), Math.min(from + most, all.size()));
          XmlOut out = XmlOut.of("ListJobsResult", NAMESPACE);
          if (from + page.size() < all.size()) {
            out.put("NextToken", from + page.size());
          }
          out.open("Jobs");
          page.forEach(job -> JobDescription.inList(job, out));
          return out.close("Jobs").answer(200, Map.of());
        });
  }

  RestAnswer updateStatus(RestRequest request) {
    String wanted = request.query("requestedJobStatus").orElse("");
    return locked(
        () -> {
          Job job = job(request);
          boolean isConfirmed = wanted.equals("Ready") && job.status == JobStatus.SUSPENDED;
          boolean isCancelled =
              wanted.equals("Cancelled")
                  && !job.status.isEnded()
                  && job.status != JobStatus.COMPLETING
                  && job.status != JobStatus.FAILING
                  && job.status != JobStatus.CANCELLING;
          if (!isConfirmed && !isCancelled) {
            throw AwsError.badRequest(
                "JobStatusException",
                "A job that is " + job.status.wire() + " cannot become " + wanted + ".");
          }
          job.updateReason = request.query("statusUpdateReason");
          if (isConfirmed) {
            runner.ready(job);
          } else {
            runner.cancel(job);
          }
          return XmlOut.of("UpdateJobStatusResult", NAMESPACE)
              .put("JobId", job.id)
              .put("Status", job.status.wire())
              .put("StatusUpdateReason", job.updateReason)
              .answer(200, Map.of());
        });
  }

  RestAnswer updatePriority(RestRequest request) {
    int priority = priority(request.query("priority").orElse(""));
    return locked(
        () -> {
          Job job = job(request);
          if (job.status.isEnded()) {
            throw AwsError.badRequest(
                "BadRequestException", "The job has ended: " + job.status.wire());
          }
          job.priority = priority;
          return XmlOut.of("UpdateJobPriorityResult", NAMESPACE)
              .put("JobId", job.id)
              .put("Priority", priority)
              .answer(200, Map.of());
        });
  }
}
