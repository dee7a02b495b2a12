package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.endpoints.EndpointUrl;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3control.S3ControlClient;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobListDescriptor;
import software.amazon.awssdk.services.s3control.model.JobStatus;

/** A bucket, another for manifests and reports, and a role for jobs. Its clients send once. */
final class BatchWorld implements AutoCloseable {

  static final String ARTIFACTS = "batch-artifacts";

  final S3World world;
  final S3ControlClient control;
  final S3Client s3;
  final String role;
  private final List<AutoCloseable> opened = new ArrayList<>();

  BatchWorld(Path directory) {
    this.world = new S3World(directory);
    this.role = "arn:aws:iam::" + world.aws.accountId() + ":role/batch";
    world.create(ARTIFACTS);
    this.control = control(new ExecutionInterceptor() {});
    this.s3 = s3(new ExecutionInterceptor() {});
  }

  /** By itself the client asks for a host that no resolver knows. */
  S3ControlClient control(ExecutionInterceptor interceptor) {
    S3ControlClient client =
        world.client(
            S3ControlClient.builder()
                .endpointProvider(
                    params ->
                        CompletableFuture.completedFuture(
                            Endpoint.builder()
                                .endpointUrl(EndpointUrl.fromUri(world.aws.endpoint()))
                                .build()))
                .overrideConfiguration(
                    c ->
                        c.retryStrategy(AwsRetryStrategy.doNotRetry())
                            .addExecutionInterceptor(interceptor)
                            .putAdvancedOption(
                                SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)));
    opened.add(client);
    return client;
  }

  S3Client s3(ExecutionInterceptor interceptor) {
    S3Client client =
        world.client(
            S3Client.builder()
                .overrideConfiguration(
                    c ->
                        c.retryStrategy(AwsRetryStrategy.doNotRetry())
                            .addExecutionInterceptor(interceptor)));
    opened.add(client);
    return client;
  }

  BatchOperations.Builder batch() {
    return BatchOperations.builder(control, role, ARTIFACTS);
  }

  S3Options.Builder options(BatchManifest manifest) {
    return world
        .options()
        .client(s3)
        .bucketKeys(BucketKeys.ENABLE)
        .batchOperations(batch().manifest(manifest).build());
  }

  RotationPlan plan(BatchManifest manifest) {
    return world.planner().with(options(manifest).build()).plan();
  }

  RotationRunner.Builder runner(S3Options options) {
    return world.runner(options);
  }

  RotationReport run(BatchManifest manifest) {
    return runner(options(manifest).build()).build().run(plan(manifest));
  }

  RotationReport resume(RotationPlan plan, S3Options options) {
    return runner(options).build().resume(plan.runId());
  }

  List<JobListDescriptor> jobs() {
    return control.listJobs(r -> r.accountId(world.aws.accountId())).jobs();
  }

  JobDescriptor job(int place) {
    String id = jobs().get(place).jobId();
    return control.describeJob(r -> r.accountId(world.aws.accountId()).jobId(id)).job();
  }

  /** The runner sleeps for a second at a time, and the test acts when a job gets somewhere. */
  RotationRunner.Builder watching(S3Options options, JobStatus status, Runnable act) {
    boolean[] done = new boolean[1];
    return runner(options)
        .sleeper(
            pause -> {
              actOnce(status, act, done);
              world.aws.clock().advance(Duration.ofSeconds(1));
              actOnce(status, act, done);
            });
  }

  private void actOnce(JobStatus status, Runnable act, boolean[] done) {
    if (!done[0] && jobs().stream().anyMatch(job -> job.status() == status)) {
      done[0] = true;
      act.run();
    }
  }

  @Override
  public void close() {
    for (AutoCloseable client : opened) {
      try {
        client.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    world.close();
  }
}
