package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** The rewrite path on a server that we did not write, and what that one keeps from being moved. */
class S3MockTest {

  private static final String BUCKET = "mocked-orders";
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  @TempDir Path store;
  private S3World world;
  private S3Mock mock;
  private S3Client s3;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(
        S3Mock.isThere(),
        () -> S3Mock.JAR + " is missing: the build copies it there, before tests are compiled");
    world = new S3World(directory);
    mock = S3Mock.start(store, world.newKey);
    s3 =
        S3Client.builder()
            .endpointOverride(mock.endpoint())
            .region(Region.of(world.aws.region()))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .overrideConfiguration(c -> c.addExecutionInterceptor(new Differences(world.newKey)))
            .build();
    s3.createBucket(r -> r.bucket(BUCKET));
  }

  @AfterEach
  void stop() {
    if (world != null) {
      s3.close();
      mock.close();
      world.close();
    }
  }

  /** Where S3Mock is not like AWS, so far as the rewrite path meets it. */
  private record Differences(String keyArn) implements ExecutionInterceptor {
    private static final String KEY = "x-amz-server-side-encryption-aws-kms-key-id";
  }

  @Test
  void canary_stops_andNothingIsTouched() {
    put("a");
    HeadObjectResponse before = head("a");
    S3Options options = S3Options.builder().client(s3).build();

    RotationReport report = world.runner(options).build().run(plan(options));

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("No other object was touched");
    assertThat(head("a").eTag()).isEqualTo(before.eTag());
    assertThat(head("a").lastModified()).isEqualTo(before.lastModified());
    assertThat(s3.listObjectsV2(r -> r.bucket(BUCKET)).contents())
        .extracting(o -> o.key())
        .containsExactly("a");
  }

  private RotationPlan plan(S3Options options) {
    return world.planner(RotationPlanner.forS3(BUCKET)).with(options).plan();
  }

  private void put(String key) {
    s3.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString("content of " + key));
  }

  private HeadObjectResponse head(String key) {
    return s3.headObject(r -> r.bucket(BUCKET).key(key));
  }
}
