package io.github.kmsrotation.s3;

import software.amazon.awssdk.services.s3control.model.CreateJobRequest;
import software.amazon.awssdk.services.s3control.model.CreateJobResponse;
import software.amazon.awssdk.services.s3control.model.DescribeJobRequest;
import software.amazon.awssdk.services.s3control.model.DescribeJobResponse;
import software.amazon.awssdk.services.s3control.model.ListJobsRequest;
import software.amazon.awssdk.services.s3control.model.ListJobsResponse;
import software.amazon.awssdk.services.s3control.model.UpdateJobStatusRequest;
import software.amazon.awssdk.services.s3control.model.UpdateJobStatusResponse;

/**
 * The calls to S3 Control that jobs of S3 Batch Operations take. They block, and throw what the SDK
 * throws. Safe for use by several threads.
 */
interface S3ControlApi {

  CreateJobResponse createJob(CreateJobRequest request);

  DescribeJobResponse describeJob(DescribeJobRequest request);

  /** Jobs that have not ended, or ended within the last 90 days. */
  ListJobsResponse listJobs(ListJobsRequest request);

  UpdateJobStatusResponse updateJobStatus(UpdateJobStatusRequest request);
}
