package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class PaceTest {

  private final Pace pace = new Pace(16);
  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void call_whichIsThrottled_passesInTheEndAndHalvesTheNumberOfCallsAtOnce() {
    assertThat(answerAfter(2, failure("SlowDown", 503))).isEqualTo("answer");

    assertThat(calls).hasValue(3);
    assertThat(pace.allowed()).isEqualTo(4);
  }

  @Test
  void calls_whichPass_bringTheNumberBackOneByOne() {
    answerAfter(1, failure("KMS.ThrottlingException", 400));
    assertThat(pace.allowed()).isEqualTo(8);

    for (int i = 0; i < 8; i++) {
      pace.call(() -> "passes");
    }
    assertThat(pace.allowed()).isEqualTo(9);
    for (int i = 0; i < 1_000; i++) {
      pace.call(() -> "passes");
    }
    assertThat(pace.allowed()).isEqualTo(16);
  }

  @Test
  void call_whichIsRefused_isNotRepeated() {
    assertThatThrownBy(() -> answerAfter(1, failure("AccessDenied", 403)))
        .isInstanceOf(S3Exception.class);

    assertThat(calls).hasValue(1);
    assertThat(pace.allowed()).isEqualTo(16);
  }

  @Test
  void isThrottling_isAlsoWhatKmsSays() {
    assertThat(Pace.isThrottling(failure("KMS.ThrottlingException", 400))).isTrue();
    assertThat(Pace.isThrottling(failure("ServiceUnavailable", 503))).isTrue();
    assertThat(Pace.isThrottling(failure("InternalError", 500))).isFalse();
    assertThat(Pace.isThrottling(failure("KMS.DisabledException", 400))).isFalse();
  }

  private String answerAfter(int failures, SdkException failure) {
    return pace.call(
        () -> {
          if (calls.incrementAndGet() <= failures) {
            throw failure;
          }
          return "answer";
        });
  }

  private static SdkException failure(String code, int status) {
    return S3Exception.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
        .statusCode(status)
        .build();
  }
}
