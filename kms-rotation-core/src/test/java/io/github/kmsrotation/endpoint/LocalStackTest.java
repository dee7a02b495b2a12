package io.github.kmsrotation.endpoint;

import cloud.localstack.Localstack;
import cloud.localstack.docker.DockerExe;
import cloud.localstack.docker.annotation.LocalstackDockerConfiguration;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The scenarios against LocalStack in Docker. Compiled with the profile {@code localstack} only,
 * which brings the dependency. The image is the last of the community's that needs no account; it
 * lacks {@code ListKeyRotations}, so scenarios that read symmetric keys skip.
 */
class LocalStackTest extends KmsScenarios {

  private static final String IMAGE_TAG = "4.14.0";
  private static final int MINUTES = 1;
  private static final int FAILED = 1;

  @BeforeAll
  void start() {
    needDocker();
    Localstack.INSTANCE.startup(
        LocalstackDockerConfiguration.builder()
            .imageTag(IMAGE_TAG)
            .randomizePorts(true)
            .environmentVariables(Map.of("SERVICES", "kms"))
            .build());
  }

  private static void needDocker() {
    try {
      new DockerExe().execute(List.of("ps", "-q"), MINUTES, List.of(FAILED));
    } catch (RuntimeException e) {
      skip("LocalStack needs Docker. " + e.getMessage());
    }
  }

  @Override
  KmsEndpoint endpoint() {
    return new KmsEndpoint(
        URI.create(Localstack.INSTANCE.getEndpointKMS()), Localstack.getDefaultRegion());
  }

  @AfterAll
  void stop() {
    if (Localstack.INSTANCE.isRunning()) {
      Localstack.INSTANCE.stop();
    }
  }
}
