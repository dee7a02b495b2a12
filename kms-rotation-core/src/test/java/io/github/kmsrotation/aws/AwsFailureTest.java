package io.github.kmsrotation.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.error.ClientConfigurationException;
import io.github.kmsrotation.error.MissingPermissionException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;

/** What is known about a call that failed: NOT_SENT only where nothing can have left. */
class AwsFailureTest {

  private static final AwsCredentialsProvider SOME =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret"));
  private static final AwsCredentialsProvider NONE =
      AwsCredentialsProviderChain.of(
          () -> {
            throw SdkClientException.create("there is no such file");
          });

  private final AwsCalls calls =
      new AwsCalls(
          AwsCallSettings.builder()
              .maxAttempts(3)
              .firstPause(Duration.ofMillis(1))
              .longestPause(Duration.ofMillis(2))
              .build());

  private static KmsClient client(AwsCredentialsProvider credentials, int port) {
    return KmsClient.builder()
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(credentials)
        .endpointOverride(URI.create("http://127.0.0.1:" + port))
        .build();
  }

  private static int portWithoutListener() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The SDK throws this when the thread is interrupted while it waits for the answer. */
  @Test
  void of_aCallThatWasAbortedByAnInterrupt_doesNotKnowItsOutcome() {
    assertThat(AwsFailure.of(AbortedException.create("Thread was interrupted")))
        .isEqualTo(AwsFailure.UNKNOWN_OUTCOME);
  }

  /** A cut or garbled body of a successful answer. */
  @Test
  void of_anAnswerThatCouldNotBeParsed_doesNotKnowItsOutcome() {
    assertThat(
            AwsFailure.of(
                SdkClientException.create(
                    "Could not parse XML response.", new XMLStreamException("end of document"))))
        .isEqualTo(AwsFailure.UNKNOWN_OUTCOME);
  }

  @Test
  void of_anExceptionThatIsNotOfTheSdk_doesNotKnowItsOutcome() {
    assertThat(AwsFailure.of(new IllegalStateException("bug")))
        .isEqualTo(AwsFailure.UNKNOWN_OUTCOME);
  }

  @Test
  void of_anUnknownHost_isNotSent() {
    assertThat(
            AwsFailure.of(
                SdkClientException.create("nowhere", new UnknownHostException("kms.invalid"))))
        .isEqualTo(AwsFailure.NOT_SENT);
  }

  @Test
  void of_aRefusedConnection_isNotSentIfItWasTheOnlyAttempt() throws IOException {
    try (KmsClient kms = client(SOME, portWithoutListener())) {
      assertThat(
              AwsFailure.of(
                  catchThrowableOfType(
                      SdkClientException.class,
                      () -> kms.createKey(r -> r.overrideConfiguration(SentOnce.override())))))
          .isEqualTo(AwsFailure.NOT_SENT);
      assertThat(AwsFailure.of(catchThrowableOfType(SdkClientException.class, kms::createKey)))
          .as("an earlier attempt of the client may have been sent")
          .isEqualTo(AwsFailure.UNKNOWN_OUTCOME);
    }
  }

  @Test
  void read_whenThereAreNoCredentials_saysHowToGiveSome() throws IOException {
    try (KmsClient kms = client(NONE, portWithoutListener())) {
      assertThatThrownBy(() -> calls.read("kms:ListKeys", kms::listKeys))
          .isInstanceOf(ClientConfigurationException.class)
          .hasMessageStartingWith("Set the Region (AWS_REGION) and credentials")
          .hasMessageContainingAll(
              "kms:ListKeys could not be sent",
              "RotationPlanner.kmsClient(...)",
              "RotationRunner.builder().with(...)")
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600))
          .cause()
          .hasMessageContaining("there is no such file");
    }
  }

  @Test
  void client_whenTheSdkFindsNoRegion_saysHowToGiveOne() {
    assertThatThrownBy(
            () ->
                AwsCalls.client(
                    () -> {
                      throw SdkClientException.create("Unable to load region from any provider.");
                    }))
        .isInstanceOf(ClientConfigurationException.class)
        .hasMessageContaining("AWS_REGION");
  }

  @Test
  void mutate_whenNoConnectionIsMade_triesAgainAndSaysThatNothingWasChanged() {
    AtomicInteger attempts = new AtomicInteger();
    assertThatThrownBy(
            () ->
                calls.mutate(
                    "kms:CreateKey",
                    () -> {
                      attempts.incrementAndGet();
                      throw SdkClientException.create("nowhere", new UnknownHostException("kms"));
                    }))
        .isInstanceOf(AwsUnavailableException.class)
        .hasMessageContaining("no connection to AWS");
    assertThat(attempts).hasValue(3);
  }

  @Test
  void read_onAnInterruptedThread_isNotTriedAgainAndKeepsTheInterrupt() {
    AtomicInteger attempts = new AtomicInteger();
    try {
      assertThatThrownBy(
              () ->
                  calls.read(
                      "kms:ListKeys",
                      () -> {
                        attempts.incrementAndGet();
                        Thread.currentThread().interrupt();
                        throw AbortedException.create("Thread was interrupted");
                      }))
          .isInstanceOf(AwsUnavailableException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(attempts).hasValue(1);
  }

  @Test
  void read_whenInterruptedInAPause_keepsTheInterrupt() {
    AwsCalls patient =
        new AwsCalls(
            AwsCallSettings.builder()
                .firstPause(Duration.ofMinutes(1))
                .longestPause(Duration.ofMinutes(2))
                .build());
    Thread reader = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              while (reader.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
              }
              reader.interrupt();
            });
    try {
      assertThatThrownBy(
              () ->
                  patient.read(
                      "kms:ListKeys",
                      () -> {
                        interrupter.start();
                        throw SdkClientException.create("lost", new IOException("reset"));
                      }))
          .isInstanceOf(AwsUnavailableException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static AwsServiceException denied(String code, String message) {
    return KmsException.builder()
        .statusCode(403)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
        .build();
  }

  private String said(AwsServiceException failure) {
    return String.valueOf(
        catchThrowableOfType(
                MissingPermissionException.class,
                () ->
                    calls.mutate(
                        "kms:EnableKeyRotation",
                        () -> {
                          throw failure;
                        }))
            .getMessage());
  }

  @Test
  void mutate_whenAPermissionIsLacking_keepsAwssOwnSentence() {
    assertThat(
            said(
                denied(
                    "AccessDeniedException",
                    "User: arn:aws:iam::111122223333:user/ops is not authorized to perform:"
                        + " kms:EnableKeyRotation on resource: arn:aws:kms:eu-central-1:1:key/2")))
        .isEqualTo(
            "AWS denied kms:EnableKeyRotation (AccessDeniedException). It did not take effect. AWS"
                + " says: User: arn:aws:iam::111122223333:user/ops is not authorized to perform:"
                + " kms:EnableKeyRotation on resource: arn:aws:kms:eu-central-1:1:key/2. Grant the"
                + " permission and go on.");
  }

  @Test
  void mutate_whenTheDenialHoldsWhatIsNotForEverybody_leavesItOut() {
    assertThat(
            said(
                denied(
                    "UnauthorizedOperation",
                    "You may not. Encoded authorization failure message: abcENCODEDxyz")))
        .contains("You may not. Grant")
        .doesNotContain("ENCODED");
    assertThat(said(denied("SignatureDoesNotMatch", "x-amz-security-token:TOKEN")))
        .contains("SignatureDoesNotMatch")
        .doesNotContain("TOKEN");
  }

  @Test
  void mutate_whenTheCredentialsAreExpired_doesNotAskForAPermission() {
    assertThat(said(denied("ExpiredTokenException", "The security token is expired")))
        .contains("(ExpiredTokenException)", "renew them")
        .doesNotContain("Grant the permission");
  }
}
