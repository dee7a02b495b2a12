package io.github.kmsrotation.s3;

import software.amazon.awssdk.services.s3control.S3ControlClient;
import software.amazon.awssdk.services.s3control.model.CreateJobRequest;
import software.amazon.awssdk.services.s3control.model.CreateJobResponse;
import software.amazon.awssdk.services.s3control.model.DescribeJobRequest;
import software.amazon.awssdk.services.s3control.model.DescribeJobResponse;
import software.amazon.awssdk.services.s3control.model.ListJobsRequest;
import software.amazon.awssdk.services.s3control.model.ListJobsResponse;
import software.amazon.awssdk.services.s3control.model.UpdateJobStatusRequest;
import software.amazon.awssdk.services.s3control.model.UpdateJobStatusResponse;

/** Calls by the client that blocks: there are a few an hour. */
record SyncS3Control(S3ControlClient client) implements S3ControlApi {

  @Override
  public CreateJobResponse createJob(CreateJobRequest request) {
    return client.createJob(request);
  }

  @Override
  public DescribeJobResponse describeJob(DescribeJobRequest request) {
    return client.describeJob(request);
  }

  @Override
  public ListJobsResponse listJobs(ListJobsRequest request) {
    return client.listJobs(request);
  }

  @Override
  public UpdateJobStatusResponse updateJobStatus(UpdateJobStatusRequest request) {
    return client.updateJobStatus(request);
  }
}
