package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Observation;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.endpoints.EndpointUrl;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3control.S3ControlClient;

/**
 * A world with a destination that is ready for replicas, and a hook that notes how it is called.
 */
final class ReplicationWorld implements AutoCloseable {

  static final String REPLICAS = "orders-replicas";
  static final String REPORTS = "job-reports";

  final S3World world;
  final S3ControlClient control;
  final List<String> switches = new ArrayList<>();
  Runnable atSwitch = () -> {};

  ReplicationWorld(Path directory) {
    world = new S3World(directory);
    control = control(new ExecutionInterceptor() {});
    world.enableVersioning();
    world.create(REPORTS);
    createReady(REPLICAS);
  }

  S3ControlClient control(ExecutionInterceptor interceptor) {
    return world.client(
        S3ControlClient.builder()
            .endpointProvider(
                params ->
                    CompletableFuture.completedFuture(
                        Endpoint.builder()
                            .endpointUrl(EndpointUrl.fromUri(world.aws.endpoint()))
                            .build()))
            .overrideConfiguration(
                c ->
                    c.addExecutionInterceptor(interceptor)
                        .putAdvancedOption(
                            SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)));
  }

  void createReady(String bucket) {
    world.create(bucket);
    version(bucket);
    encrypt(bucket, world.newKey);
  }

  void version(String bucket) {
    world.s3.putBucketVersioning(
        r ->
            r.bucket(bucket)
                .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
  }

  void encrypt(String bucket, String key) {
    ServerSideEncryptionRule rule =
        ServerSideEncryptionRule.builder()
            .applyServerSideEncryptionByDefault(
                e -> e.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(key))
            .build();
    world.s3.putBucketEncryption(
        r -> r.bucket(bucket).serverSideEncryptionConfiguration(c -> c.rules(rule)));
  }

  String role() {
    return "arn:aws:iam::" + world.aws.accountId() + ":role/replication";
  }

  Replication.Builder replication() {
    return Replication.builder()
        .destinationBucket(REPLICAS)
        .roleArn(role())
        .s3Control(control)
        .reportsIn(REPORTS)
        .observe(new Observation(Duration.ofMinutes(10), Duration.ofMinutes(5)))
        .switchReaders(
            new ReaderSwitch() {
              @Override
              public void toReplica(String sourceBucket, String replicaBucket) {
                switches.add(sourceBucket + " to " + replicaBucket);
                atSwitch.run();
              }

              @Override
              public void toSource(String sourceBucket, String replicaBucket) {
                switches.add("back to " + sourceBucket);
              }
            });
  }

  S3Options options(Consumer<S3Options.Builder> change) {
    S3Options.Builder options = world.options().replicateTo(replication().build());
    change.accept(options);
    return options.build();
  }

  RotationPlan plan() {
    return plan(o -> {});
  }

  RotationPlan plan(Consumer<S3Options.Builder> change) {
    return world.planner().with(options(change)).plan();
  }

  RotationRunner runner() {
    return runner(o -> {});
  }

  RotationRunner runner(Consumer<S3Options.Builder> change) {
    return world.runner(options(change)).build();
  }

  RotationReport run() {
    return runner().run(plan());
  }

  List<ObjectVersion> versions(String bucket) {
    return world.s3.listObjectVersionsPaginator(r -> r.bucket(bucket)).versions().stream().toList();
  }

  List<DeleteMarkerEntry> markers(String bucket) {
    return world.s3.listObjectVersions(r -> r.bucket(bucket)).deleteMarkers();
  }

  @Override
  public void close() {
    control.close();
    world.close();
  }
}
