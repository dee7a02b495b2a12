package io.github.kmsrotation.endpoint;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

/**
 * The scenarios against any server, AWS included: {@value #ENDPOINT} says where, {@value #REGION}
 * in which Region ({@value #DEFAULT_REGION} by default). They make a dozen keys.
 */
class NamedEndpointTest extends KmsScenarios {

  static final String ENDPOINT = "KMSROTATION_ENDPOINT";
  static final String REGION = "KMSROTATION_REGION";
  static final String DEFAULT_REGION = "us-east-1";

  @BeforeAll
  void needsAnEndpoint() {
    if (!System.getenv().containsKey(ENDPOINT)) {
      skip(ENDPOINT + " names no server, such as http://localhost:4566");
    }
  }

  @Override
  KmsEndpoint endpoint() {
    Map<String, String> environment = System.getenv();
    return new KmsEndpoint(
        URI.create(environment.getOrDefault(ENDPOINT, "")),
        environment.getOrDefault(REGION, DEFAULT_REGION));
  }
}
