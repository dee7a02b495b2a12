package io.github.kmsrotation.aws;

import static org.assertj.core.api.Assertions.assertThat;

import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Failures of the SDK after a call has left this machine: it may have taken effect. */
class AwsFailureBreakerTest {

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

  /** AwsCallSettings: the defaults ride out "throttling of about a minute". */
  @Test
  void defaults_rideOutAMinuteAsTheyPromise() {
    AwsCallSettings settings = AwsCallSettings.ofDefaults();
    long millis = 0;
    long pause = settings.firstPause().toMillis();
    for (int attempt = 1; attempt < settings.maxAttempts(); attempt++) {
      millis += Math.min(pause, settings.longestPause().toMillis());
      pause *= 2;
    }
    assertThat(millis / 1000)
        .as("seconds between the first and the last attempt")
        .isBetween(45L, 90L);
  }
}
