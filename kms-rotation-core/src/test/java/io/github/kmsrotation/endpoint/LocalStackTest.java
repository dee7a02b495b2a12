package io.github.kmsrotation.endpoint;

import cloud.localstack.Localstack;
import cloud.localstack.docker.annotation.LocalstackDockerConfiguration;
import java.io.IOException;
import java.net.URI;
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

  @BeforeAll
  void start() throws InterruptedException {
    if (!dockerAnswers()) {
      skip("LocalStack needs Docker, and 'docker info' fails on this machine");
    }
    Localstack.INSTANCE.startup(
        LocalstackDockerConfiguration.builder()
            .imageTag(IMAGE_TAG)
            .randomizePorts(true)
            .environmentVariables(Map.of("SERVICES", "kms"))
            .build());
  }

  private static boolean dockerAnswers() throws InterruptedException {
    try {
      return new ProcessBuilder("docker", "info")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
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
