package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.endpoints.EndpointUrl;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3control.S3ControlClient;
import software.amazon.awssdk.services.s3control.model.CreateJobRequest;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobManifestFieldName;
import software.amazon.awssdk.services.s3control.model.JobManifestFormat;
import software.amazon.awssdk.services.s3control.model.JobReportFormat;
import software.amazon.awssdk.services.s3control.model.JobReportScope;
import software.amazon.awssdk.services.s3control.model.JobStatus;
import software.amazon.awssdk.services.s3control.model.NotSSEFilter;
import software.amazon.awssdk.services.s3control.model.ObjectEncryptionFilter;
import software.amazon.awssdk.services.s3control.model.RequestedJobStatus;
import software.amazon.awssdk.services.s3control.model.S3ControlException;
import software.amazon.awssdk.services.s3control.model.SSES3Filter;

/** Jobs of S3 Batch Operations. */
class EmbeddedS3ControlTest extends S3Fixture {

  private static final String ARN = "arn:aws:s3:::" + BUCKET;

  /** By itself the client asks for {@code 111122223333.127.0.0.1}, which no resolver knows. */
  private final S3ControlClient control =
      Clients.of(
          S3ControlClient.builder()
              .endpointProvider(
                  params ->
                      CompletableFuture.completedFuture(
                          Endpoint.builder()
                              .endpointUrl(EndpointUrl.fromUri(aws.endpoint()))
                              .build()))
              .overrideConfiguration(
                  c ->
                      c.putAdvancedOption(
                          SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)),
          aws);

  @AfterEach
  void closeControl() {
    control.close();
  }

  @Test
  void job_overGivenList_updatesEncryption_andReportsEachTask() {
    String key = newKey();
    put("a b");
    aws.s3().plantUnencrypted(BUCKET, "old", DATA.getBytes(StandardCharsets.UTF_8));
    String job = create(r -> manifest(r, BUCKET + ",a%20b\n" + BUCKET + ",old\n"), key);

    aws.clock().advance(Duration.ofMinutes(2));

    JobDescriptor done = describe(job);
    assertThat(done.status()).isEqualTo(JobStatus.COMPLETE);
    assertThat(done.progressSummary().numberOfTasksSucceeded()).isEqualTo(1);
    assertThat(done.progressSummary().numberOfTasksFailed()).isEqualTo(1);
    assertThat(done.operation().s3UpdateObjectEncryption().objectEncryption().ssekms().kmsKeyArn())
        .isEqualTo(key);
    assertThat(head("a b").ssekmsKeyId()).isEqualTo(key);
    assertThat(reports(job))
        .contains(BUCKET + ",a%20b,,succeeded,200,,Successful")
        .contains(BUCKET + ",old,,failed,400,InvalidRequest,");
  }

  @Test
  void job_overFilteredBucket_findsWhatIsEncryptedOtherwise() {
    String key = newKey();
    put("logs/a");
    put("logs/b");
    put("other");
    s3.putObject(
        r -> r.bucket(BUCKET).key("logs/kms").serverSideEncryption(ServerSideEncryption.AWS_KMS),
        RequestBody.fromString(DATA));
    String job =
        create(
            r ->
                r.manifestGenerator(
                    g ->
                        g.s3JobManifestGenerator(
                            s ->
                                s.sourceBucket(ARN)
                                    .enableManifestOutput(false)
                                    .filter(
                                        f ->
                                            f.keyNameConstraint(k -> k.matchAnyPrefix("logs/"))
                                                .matchAnyObjectEncryption(
                                                    ObjectEncryptionFilter.builder()
                                                        .sses3(SSES3Filter.builder().build())
                                                        .build())))),
            key);

    aws.clock().advance(Duration.ofMinutes(2));

    assertThat(describe(job).progressSummary().totalNumberOfTasks()).isEqualTo(2);
    assertThat(head("logs/a").ssekmsKeyId()).isEqualTo(key);
    assertThat(head("other").ssekmsKeyId()).isNull();
    assertThat(head("logs/kms").ssekmsKeyId()).isNotEqualTo(key);
  }

  @Test
  void job_thatIsToBeConfirmed_waits_andCanBeCancelled() {
    String key = newKey();
    put("a");
    String job =
        create(
            r -> {
              manifest(r, BUCKET + ",a\n");
              r.confirmationRequired(true);
            },
            key);
    aws.clock().advance(Duration.ofMinutes(2));
    assertThat(describe(job).status()).isEqualTo(JobStatus.SUSPENDED);
    control.updateJobPriority(r -> r.accountId(aws.accountId()).jobId(job).priority(7));

    control.updateJobStatus(
        r -> r.accountId(aws.accountId()).jobId(job).requestedJobStatus(RequestedJobStatus.READY));
    aws.clock().advance(Duration.ofMinutes(2));

    assertThat(describe(job).status()).isEqualTo(JobStatus.COMPLETE);
    assertThat(describe(job).priority()).isEqualTo(7);
    assertThat(control.listJobs(r -> r.accountId(aws.accountId())).jobs()).hasSize(1);
    assertThatThrownBy(
            () ->
                control.updateJobStatus(
                    r ->
                        r.accountId(aws.accountId())
                            .jobId(job)
                            .requestedJobStatus(RequestedJobStatus.CANCELLED)))
        .isInstanceOfSatisfying(
            S3ControlException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("JobStatusException"));
  }

  @Test
  void job_whoseManifestChanged_fails() {
    String key = newKey();
    String job =
        create(
            r -> {
              manifest(r, BUCKET + ",a\n");
              s3.putObject(
                  p -> p.bucket(BUCKET).key("manifest-2.csv"), RequestBody.fromString("other"));
            },
            key);

    aws.clock().advance(Duration.ofMinutes(2));

    assertThat(describe(job).status()).isEqualTo(JobStatus.FAILED);
    assertThat(describe(job).failureReasons()).hasSize(1);
  }

  @Test
  void job_whoseManifestIsUnderAKmsKey_orLacksVersions_fails() {
    String key = newKey();
    String underKms =
        create(
            r ->
                manifest(
                    r,
                    BUCKET + ",a\n",
                    p -> p.serverSideEncryption(ServerSideEncryption.AWS_KMS),
                    JobManifestFieldName.BUCKET,
                    JobManifestFieldName.KEY),
            key);
    String withoutVersion =
        create(
            r -> {
              r.clientRequestToken("other");
              manifest(
                  r,
                  BUCKET + ",a,\n",
                  p -> p.serverSideEncryption(ServerSideEncryption.AES256),
                  JobManifestFieldName.BUCKET,
                  JobManifestFieldName.KEY,
                  JobManifestFieldName.VERSION_ID);
            },
            key);

    aws.clock().advance(Duration.ofMinutes(2));

    for (String job : List.of(underKms, withoutVersion)) {
      assertThat(describe(job).status()).isEqualTo(JobStatus.FAILED);
      assertThat(describe(job).failureReasons().get(0).failureCode())
          .isEqualTo("InvalidManifestContent");
    }
  }

  @Test
  void job_withARoleThatCannotBeAssumed_fails() {
    put("a");
    aws.s3Control().refuseRole(role());
    String job = create(r -> manifest(r, BUCKET + ",a\n"), newKey());

    aws.clock().advance(Duration.ofMinutes(2));

    assertThat(describe(job).status()).isEqualTo(JobStatus.FAILED);
    assertThat(describe(job).failureReasons().get(0).failureReason()).contains(role());
  }

  @Test
  void job_thatIsPaused_goesOnWhenItIsResumed() {
    put("a");
    String job =
        create(
            r -> {
              manifest(r, BUCKET + ",a\n");
              r.confirmationRequired(true);
            },
            newKey());
    aws.clock().advance(Duration.ofMinutes(2));
    control.updateJobStatus(
        r -> r.accountId(aws.accountId()).jobId(job).requestedJobStatus(RequestedJobStatus.READY));

    aws.s3Control().pause(job);
    aws.clock().advance(Duration.ofMinutes(2));

    assertThat(describe(job).status()).isEqualTo(JobStatus.PAUSED);
    aws.s3Control().resume(job);
    aws.clock().advance(Duration.ofMinutes(2));
    assertThat(describe(job).status()).isEqualTo(JobStatus.COMPLETE);
  }

  @Test
  void generatedManifest_byTwoEncryptions_isRefused() {
    assertThatThrownBy(
            () ->
                create(
                    r ->
                        r.manifestGenerator(
                            g ->
                                g.s3JobManifestGenerator(
                                    s ->
                                        s.sourceBucket(ARN)
                                            .enableManifestOutput(false)
                                            .filter(
                                                f ->
                                                    f.matchAnyObjectEncryption(
                                                        ObjectEncryptionFilter.builder()
                                                            .sses3(SSES3Filter.builder().build())
                                                            .build(),
                                                        ObjectEncryptionFilter.builder()
                                                            .notsse(NotSSEFilter.builder().build())
                                                            .build())))),
                    newKey()))
        .isInstanceOfSatisfying(
            S3ControlException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidRequest"));
  }

  @Test
  void copyJob_copiesUnderTheKey() {
    String key = newKey();
    create("copies-of-orders");
    put("a");
    CreateJobRequest.Builder request = request();
    manifest(request, BUCKET + ",a\n");
    request.operation(
        o ->
            o.s3PutObjectCopy(
                c ->
                    c.targetResource("arn:aws:s3:::copies-of-orders")
                        .targetKeyPrefix("copy")
                        .sseAwsKmsKeyId(key)
                        .bucketKeyEnabled(true)));
    String job = control.createJob(request.build()).jobId();

    aws.clock().advance(Duration.ofMinutes(2));

    assertThat(describe(job).status()).isEqualTo(JobStatus.COMPLETE);
    var copied = s3.headObject(r -> r.bucket("copies-of-orders").key("copy/a"));
    assertThat(copied.ssekmsKeyId()).isEqualTo(key);
    assertThat(copied.bucketKeyEnabled()).isTrue();
  }

  @Test
  void tokenOfEarlierRequest_isAnsweredWithItsJob() {
    CreateJobRequest.Builder request = request();
    manifest(request, BUCKET + ",a\n");
    request.operation(
        o ->
            o.s3UpdateObjectEncryption(
                u -> u.objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(newKey())))));
    CreateJobRequest same = request.build();

    assertThat(control.createJob(same).jobId()).isEqualTo(control.createJob(same).jobId());
  }

  private String create(Consumer<CreateJobRequest.Builder> change, String key) {
    CreateJobRequest.Builder request = request();
    request.operation(
        o ->
            o.s3UpdateObjectEncryption(
                u -> u.objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(key)))));
    change.accept(request);
    return control.createJob(request.build()).jobId();
  }

  private String role() {
    return "arn:aws:iam::" + aws.accountId() + ":role/batch";
  }

  private CreateJobRequest.Builder request() {
    return CreateJobRequest.builder()
        .accountId(aws.accountId())
        .confirmationRequired(false)
        .clientRequestToken("token")
        .priority(1)
        .roleArn(role())
        .report(
            r ->
                r.enabled(true)
                    .bucket(ARN)
                    .prefix("reports")
                    .format(JobReportFormat.REPORT_CSV_20180820)
                    .reportScope(JobReportScope.ALL_TASKS));
  }

  private void manifest(CreateJobRequest.Builder request, String csv) {
    manifest(request, csv, p -> {}, JobManifestFieldName.BUCKET, JobManifestFieldName.KEY);
  }

  private void manifest(
      CreateJobRequest.Builder request,
      String csv,
      Consumer<PutObjectRequest.Builder> how,
      JobManifestFieldName... fields) {
    String key = "manifest-" + fields.length + ".csv";
    String etag =
        s3.putObject(r -> r.bucket(BUCKET).key(key).applyMutation(how), RequestBody.fromString(csv))
            .eTag();
    request.manifest(
        m ->
            m.spec(s -> s.format(JobManifestFormat.S3_BATCH_OPERATIONS_CSV_20180820).fields(fields))
                .location(l -> l.objectArn(ARN + "/" + key).eTag(etag)));
  }

  private JobDescriptor describe(String job) {
    return control.describeJob(r -> r.accountId(aws.accountId()).jobId(job)).job();
  }

  private String reports(String job) {
    StringBuilder all = new StringBuilder();
    for (S3Object report :
        s3.listObjectsV2(r -> r.bucket(BUCKET).prefix("reports/job-" + job + "/")).contents()) {
      all.append(get(report.key())).append('\n');
    }
    return all.toString();
  }
}
