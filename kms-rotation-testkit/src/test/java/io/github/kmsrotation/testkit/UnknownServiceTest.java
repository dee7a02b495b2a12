package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.signer.AwsSignerExecutionAttribute;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;

/** A service that is not embedded is named, and so are those that are, in what its client reads. */
class UnknownServiceTest {

  private static final String SAID =
      "does not model the service %s, only autoscaling, dynamodb, ec2, elasticloadbalancing, kms,"
          + " rds, s3, ssm, sts.";

  private final EmbeddedAws aws = EmbeddedAws.start();

  @AfterEach
  void close() {
    aws.close();
  }

  /** As the client of another service of the same protocol would sign. */
  @SuppressWarnings("deprecation") // the way that is not needs two more modules of the SDK
  private <B extends AwsClientBuilder<B, C>, C> C signingFor(String service, B builder) {
    ExecutionInterceptor sign =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(
              Context.BeforeExecution context, ExecutionAttributes attributes) {
            attributes.putAttribute(AwsSignerExecutionAttribute.SERVICE_SIGNING_NAME, service);
          }
        };
    return Clients.of(builder.overrideConfiguration(c -> c.addExecutionInterceptor(sign)), aws);
  }

  private static void assertNamed(AwsServiceException refusal, String service) {
    assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("NotModelled");
    assertThat(refusal.awsErrorDetails().errorMessage()).contains(SAID.formatted(service));
  }

  @Test
  void call_ofAServiceWithJson_isShownByTheSdk() {
    try (KmsClient client = signingFor("secretsmanager", KmsClient.builder())) {
      assertNamed(
          catchThrowableOfType(AwsServiceException.class, client::listKeys), "secretsmanager");
    }
  }

  @Test
  void call_ofAServiceWithQuery_isShownByTheSdk() {
    try (RdsClient client = signingFor("redshift", RdsClient.builder())) {
      assertNamed(
          catchThrowableOfType(AwsServiceException.class, client::describeDBInstances), "redshift");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "s3express, text/plain, <Error><Code>NotModelled</Code>",
    "route53, text/plain, <ErrorResponse><Error><Code>NotModelled</Code>",
    "lambda, application/json, '\"__type\":\"NotModelled\"'"
  })
  void call_ofAnotherService_isAnsweredInItsFormat(String service, String type, String form)
      throws Exception {
    HttpResponse<byte[]> answer = send(service, "Content-Type", type);

    assertThat(answer.statusCode()).isEqualTo(501);
    assertThat(text(answer)).contains(form, SAID.formatted(service));
  }

  @Test
  void call_ofAServiceWithCbor_isAnsweredInCbor() throws Exception {
    HttpResponse<byte[]> answer = send("monitoring", "Smithy-Protocol", "rpc-v2-cbor");

    assertThat(answer.headers().firstValue("Smithy-Protocol")).contains("rpc-v2-cbor");
    assertThat(answer.body()[0]).as("a map of two").isEqualTo((byte) 0xa2);
    assertThat(text(answer)).contains("__type", "NotModelled", SAID.formatted("monitoring"));
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private HttpResponse<byte[]> send(String service, String header, String value)
      throws IOException, InterruptedException {
    String credential = "Credential=any/20261124/eu-central-1/" + service + "/aws4_request";
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(aws.endpoint())
                .header("Authorization", "AWS4-HMAC-SHA256 " + credential)
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }
}
