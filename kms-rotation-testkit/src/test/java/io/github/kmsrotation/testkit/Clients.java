package io.github.kmsrotation.testkit;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/** Makes AWS's own clients talk to an embedded AWS. */
final class Clients {

  private Clients() {}

  static <B extends AwsClientBuilder<B, C>, C> C of(B builder, EmbeddedAws aws) {
    return of(builder, aws.endpoint(), aws.region());
  }

  static <B extends AwsClientBuilder<B, C>, C> C of(B builder, URI endpoint, String region) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(region))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
        .build();
  }
}
