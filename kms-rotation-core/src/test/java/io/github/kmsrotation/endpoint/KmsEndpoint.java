package io.github.kmsrotation.endpoint;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * A server that speaks KMS.
 *
 * @param uri where
 * @param region the Region to name in calls
 */
record KmsEndpoint(URI uri, String region) {

  /** With the credentials of the environment; servers other than AWS take any, so "test" then. */
  KmsClient client() {
    return KmsClient.builder()
        .endpointOverride(uri)
        .region(Region.of(region))
        .credentialsProvider(
            AwsCredentialsProviderChain.of(
                EnvironmentVariableCredentialsProvider.create(),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))))
        .build();
  }
}
