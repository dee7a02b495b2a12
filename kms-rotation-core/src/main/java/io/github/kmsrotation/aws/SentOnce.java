package io.github.kmsrotation.aws;

import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkPlugin;

/**
 * Keeps an SDK client from sending one request again by itself. A client's own retry repeats a call
 * whose answer was lost, which makes two of what has no client token. With this, whether to send
 * again is decided by the step, which looks at AWS first.
 */
public final class SentOnce {

  private static final SdkPlugin NO_RETRIES =
      client ->
          client.overrideConfiguration(
              client
                  .overrideConfiguration()
                  .copy(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry())));

  private SentOnce() {}

  /**
   * For a request builder's {@code overrideConfiguration}.
   *
   * @return what has the request sent once, whatever the client's retry strategy
   */
  public static Consumer<AwsRequestOverrideConfiguration.Builder> override() {
    return override -> override.addPlugin(NO_RETRIES);
  }
}
