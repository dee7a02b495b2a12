package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import io.github.kmsrotation.testkit.http.RestOperation;
import io.github.kmsrotation.testkit.http.RestRequest;
import io.github.kmsrotation.testkit.http.RestService;
import io.github.kmsrotation.testkit.s3.S3Service;
import io.github.kmsrotation.testkit.s3.XmlOut;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;

/** The embedded Amazon S3 Control. Safe for use by several threads. */
public final class S3ControlService implements RestService {

  private static final String PREFIX = "/v20180820/";

  private final Map<String, RestOperation> operations;
  private final JobOperations jobs;

  /**
   * @param accountId the account of all jobs
   * @param lock the embedded AWS's lock
   * @param timeline what happens later
   * @param s3 the embedded Amazon S3
   */
  public S3ControlService(String accountId, Lock lock, Timeline timeline, S3Service s3) {
    this.jobs = new JobOperations(lock, timeline, new S3Calls(s3, accountId), s3);
    this.operations =
        Map.of(
            "CreateJob", new RestOperation(true, Set.of(), jobs::create),
            "DescribeJob", new RestOperation(false, Set.of(), jobs::describe),
            "ListJobs",
                new RestOperation(
                    false, Set.of("jobStatuses", "maxResults", "nextToken"), jobs::list),
            "UpdateJobStatus",
                new RestOperation(
                    true, Set.of("requestedJobStatus", "statusUpdateReason"), jobs::updateStatus),
            "UpdateJobPriority", new RestOperation(true, Set.of("priority"), jobs::updatePriority));
  }

  /**
   * Pauses a job that is ready or active.
   *
   * @param jobId the job
   * @throws IllegalStateException if it is neither
   */
  public void pause(String jobId) {
    jobs.pause(jobId);
  }

  /**
   * Lets a job that is paused go on.
   *
   * @param jobId the job
   * @throws IllegalStateException if it is not paused
   */
  public void resume(String jobId) {
    jobs.resume(jobId);
  }

  /**
   * Says whether a role can be assumed.
   *
   * @param roleArn the role
   * @param isRefused whether jobs with it fail
   */
  public void refuseRole(String roleArn, boolean isRefused) {
    jobs.refuseRole(roleArn, isRefused);
  }

  @Override
  public String name() {
    return "s3control";
  }

  @Override
  public String signingName() {
    return "s3";
  }

  @Override
  public boolean takes(RestRequest request) {
    return request.rawPath().startsWith(PREFIX) && request.header("x-amz-account-id").isPresent();
  }

  @Override
  public String operation(RestRequest request) {
    String path = request.rawPath().substring(PREFIX.length());
    boolean isGet = request.method().equals("GET");
    if (path.equals("jobs")) {
      return isGet ? "ListJobs" : "CreateJob";
    }
    if (path.matches("jobs/[^/]+")) {
      return "DescribeJob";
    }
    if (path.matches("jobs/[^/]+/status")) {
      return "UpdateJobStatus";
    }
    if (path.matches("jobs/[^/]+/priority")) {
      return "UpdateJobPriority";
    }
    throw AwsError.notModelled("s3control:" + request.method() + " " + path);
  }

  @Override
  public Map<String, RestOperation> operations() {
    return operations;
  }

  @Override
  public RestAnswer error(AwsError error, RestRequest request, String requestId) {
    return XmlOut.of("ErrorResponse", JobOperations.NAMESPACE)
        .open("Error")
        .put("Code", error.code())
        .put("Message", error.text())
        .close("Error")
        .put("RequestId", requestId)
        .answer(error.status(), Map.of());
  }

  @Override
  public AwsError throttled() {
    return new AwsError("SlowDown", 503, "Please reduce your request rate.");
  }
}
