package io.github.kmsrotation.endpoint;

import io.github.kmsrotation.testkit.EmbeddedAws;
import org.junit.jupiter.api.AfterAll;

/** The scenarios against the embedded AWS. */
class EmbeddedEndpointTest extends KmsScenarios {

  private final EmbeddedAws aws = EmbeddedAws.start();

  @Override
  KmsEndpoint endpoint() {
    return new KmsEndpoint(aws.endpoint(), aws.region());
  }

  @AfterAll
  void stop() {
    aws.close();
  }
}
