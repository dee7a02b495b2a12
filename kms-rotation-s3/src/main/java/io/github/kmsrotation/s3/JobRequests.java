package io.github.kmsrotation.s3;

import io.github.kmsrotation.s3.JobSpec.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3control.model.CreateJobRequest;
import software.amazon.awssdk.services.s3control.model.GeneratedManifestFormat;
import software.amazon.awssdk.services.s3control.model.JobManifest;
import software.amazon.awssdk.services.s3control.model.JobManifestFieldName;
import software.amazon.awssdk.services.s3control.model.JobManifestFormat;
import software.amazon.awssdk.services.s3control.model.JobManifestGenerator;
import software.amazon.awssdk.services.s3control.model.JobManifestGeneratorFilter;
import software.amazon.awssdk.services.s3control.model.JobReportFormat;
import software.amazon.awssdk.services.s3control.model.JobReportScope;
import software.amazon.awssdk.services.s3control.model.KeyNameConstraint;
import software.amazon.awssdk.services.s3control.model.ObjectEncryptionFilter;
import software.amazon.awssdk.services.s3control.model.SSEKMSFilter;
import software.amazon.awssdk.services.s3control.model.SSES3Encryption;
import software.amazon.awssdk.services.s3control.model.SSES3Filter;

/**
 * Asks for jobs that run {@code UpdateObjectEncryption}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html">CreateJob</a>
 */
final class JobRequests {

  /** Columns of a completion report beyond bucket, key and version. */
  private static final int MORE_COLUMNS = 4;

  private final S3Step.Env env;
  private final BatchPlan batch;

  JobRequests(S3Step.Env env, BatchPlan batch) {
    this.env = env;
    this.batch = batch;
  }

  /** A job of one token is made once; asked for again, S3 answers with the one that there is. */
  CreateJobRequest create(JobSpec spec, String token, String description, boolean confirmed) {
    CreateJobRequest.Builder request =
        CreateJobRequest.builder()
            .accountId(env.plan().accountId())
            .clientRequestToken(token)
            .description(description)
            .confirmationRequired(!confirmed)
            .priority(batch.priority())
            .roleArn(batch.roleArn())
            .operation(
                o ->
                    o.s3UpdateObjectEncryption(
                        u ->
                            u.objectEncryption(
                                e ->
                                    e.ssekms(
                                        k ->
                                            k.kmsKeyArn(env.keyArn())
                                                .bucketKeyEnabled(spec.withBucketKey())))))
            .report(
                r ->
                    r.enabled(true)
                        .bucket(arn(batch.bucket()))
                        .prefix(batch.requestedPrefix().orElse(null))
                        .format(JobReportFormat.REPORT_CSV_20180820)
                        .reportScope(JobReportScope.FAILED_TASKS_ONLY));
    return spec.source() == Source.GENERATED
        ? request.manifestGenerator(generator(spec)).build()
        : request.manifest(manifest(spec)).build();
  }

  private String arn(String bucket) {
    String partition = env.keyArn().split(":", 3)[1];
    return "arn:" + partition + ":s3:::" + bucket;
  }

  String objectArn(String key) {
    return arn(batch.bucket()) + "/" + key;
  }

  /** S3 does not take a list in CSV that is under a KMS key, so this one is not. */
  private JobManifestGenerator generator(JobSpec spec) {
    return JobManifestGenerator.fromS3JobManifestGenerator(
        g ->
            g.sourceBucket(arn(env.bucket().name()))
                .expectedBucketOwner(env.plan().accountId())
                .enableManifestOutput(true)
                .manifestOutputLocation(
                    l ->
                        l.bucket(arn(batch.bucket()))
                            .manifestPrefix(batch.requestedPrefix().orElse(null))
                            .manifestFormat(
                                GeneratedManifestFormat.S3_INVENTORY_REPORT_CSV_20211130)
                            .manifestEncryption(e -> e.sses3(SSES3Encryption.builder().build())))
                .filter(filter(spec)));
  }

  private JobManifestGeneratorFilter filter(JobSpec spec) {
    JobManifestGeneratorFilter.Builder filter =
        JobManifestGeneratorFilter.builder().matchAnyObjectEncryption(encryption(spec));
    env.prefix()
        .ifPresent(
            prefix ->
                filter.keyNameConstraint(
                    KeyNameConstraint.builder().matchAnyPrefix(prefix).build()));
    return filter.build();
  }

  private ObjectEncryptionFilter encryption(JobSpec spec) {
    SSEKMSFilter.Builder underKms = SSEKMSFilter.builder();
    env.scope().onlyKey().ifPresent(underKms::kmsKeyArn);
    Optional<Boolean> bucketKey =
        switch (spec.filter()) {
          case SSE_KMS_WITH_BUCKET_KEY -> Optional.of(true);
          case SSE_KMS_WITHOUT_BUCKET_KEY -> Optional.of(false);
          default -> Optional.empty();
        };
    bucketKey.ifPresent(underKms::bucketKeyEnabled);
    return spec.filter() == JobSpec.Filter.SSE_S3
        ? ObjectEncryptionFilter.builder().sses3(SSES3Filter.builder().build()).build()
        : ObjectEncryptionFilter.builder().ssekms(underKms.build()).build();
  }

  private static JobManifest manifest(JobSpec spec) {
    return JobManifest.builder()
        .spec(
            s -> {
              if (spec.source() == Source.INVENTORY) {
                s.format(JobManifestFormat.S3_INVENTORY_REPORT_CSV_20161130);
              } else {
                s.format(JobManifestFormat.S3_BATCH_OPERATIONS_CSV_20180820).fields(fields(spec));
              }
            })
        .location(l -> l.objectArn(spec.arn()).eTag(spec.etag()))
        .build();
  }

  /** The tasks that failed are listed with their versions, where the first list had them. */
  private static List<JobManifestFieldName> fields(JobSpec spec) {
    List<JobManifestFieldName> fields =
        new ArrayList<>(List.of(JobManifestFieldName.BUCKET, JobManifestFieldName.KEY));
    boolean isReport = spec.source() == Source.FAILED_TASKS;
    if (spec.hasVersions()) {
      fields.add(JobManifestFieldName.VERSION_ID);
    } else if (isReport) {
      fields.add(JobManifestFieldName.IGNORE);
    }
    for (int i = 0; isReport && i < MORE_COLUMNS; i++) {
      fields.add(JobManifestFieldName.IGNORE);
    }
    return fields;
  }
}
