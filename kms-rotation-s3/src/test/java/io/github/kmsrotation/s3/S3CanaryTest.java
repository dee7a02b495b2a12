package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/** A server that does not do what AWS does is found out before it touches an object. */
class S3CanaryTest {

  @TempDir Path directory;
  private S3World world;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** A server that does not know the operation does not see what makes it one. */
  private static final class Unknowing implements ExecutionInterceptor {
    @Override
    public SdkHttpRequest modifyHttpRequest(
        Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
      return context.httpRequest().method() == SdkHttpMethod.PUT
              && !context.httpRequest().encodedPath().endsWith("/orders-archive")
          ? context.httpRequest().toBuilder()
              .removeQueryParameter("encryption")
              .removeQueryParameter("versionId")
              .build()
          : context.httpRequest();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void run_onAServerThatOverwritesTheObject_stopsWithoutTouchingAnother(boolean hasVersions) {
    if (hasVersions) {
      world.enableVersioning();
    }
    world.put("a");
    List<ObjectVersion> before = world.versions();
    RotationPlan plan = world.planner().plan();

    RotationReport report;
    try (S3Client emulated =
        world.client(
            S3Client.builder()
                .overrideConfiguration(c -> c.addExecutionInterceptor(new Unknowing())))) {
      report = world.runner(S3Options.builder().client(emulated).build()).build().run(plan);
    }

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("No other object was touched", "its key is ");
    assertThat(world.versions()).isEqualTo(before);
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.oldKey);
    assertThat(world.read("a")).isEqualTo("content of a");
  }

  @Test
  void run_onAServerThatRefusesTheOperation_stopsAndLeavesNothing() {
    world.aws.faults().on("UpdateObjectEncryption").error("NotImplemented", 501);
    world.aws.faults().on("UpdateObjectEncryption").times(20).error("MethodNotAllowed", 405);

    RotationReport report = world.runner().run(world.planner().plan());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("it was refused");
    assertThat(world.versions()).isEmpty();
  }

  @Test
  void run_whoseAnswersAreLost_provesOnAnotherObjectOfTheSameNameAndLeavesNone() {
    world.put("a");
    for (String operation : List.of("PutObject", "UpdateObjectEncryption", "DeleteObject")) {
      world.aws.faults().on(operation).dropAfter();
    }

    world.runner().run(world.planner().plan()).requireComplete();

    assertThat(world.versions()).extracting(ObjectVersion::key).containsExactly("a");
  }

  @Test
  void rollBack_afterTheProofWasCutOff_deletesItsObject() {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().on("UpdateObjectEncryption").error("AccessDenied", 403);
    world.aws.faults().on("DeleteObject").error("AccessDenied", 403);
    world.runner().run(plan);
    assertThat(world.versions()).hasSize(1);

    RotationReport report = world.runner().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.versions()).isEmpty();
  }
}
