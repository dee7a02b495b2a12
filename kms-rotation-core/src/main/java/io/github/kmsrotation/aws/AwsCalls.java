package io.github.kmsrotation.aws;

import io.github.kmsrotation.error.ClientConfigurationException;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Makes calls to AWS: reads are tried again after throttling and server errors, mutating calls only
 * after throttling and where no connection was made, since only then it is certain that they did
 * not take effect. Nothing is tried again on an interrupted thread. Safe for use by several
 * threads, which share the rates and the circuit.
 */
public final class AwsCalls implements AwsReader {

  private static final int LONGEST_TEXT = 120;

  private final Retry reads;
  private final Retry mutations;
  private final Pace pace;
  private final CircuitBreaker circuit;

  /** How a call waits for its turn. */
  @FunctionalInterface
  public interface Pause {

    /**
     * Waits.
     *
     * @param duration how long
     * @throws InterruptedException if interrupted; the call is not sent
     */
    void pause(Duration duration) throws InterruptedException;
  }

  /**
   * @param settings how calls are tried
   */
  public AwsCalls(AwsCallSettings settings) {
    this(settings, Clock.systemUTC(), AwsCalls::sleep);
  }

  /**
   * @param settings how calls are tried
   * @param clock by which their rates are kept
   * @param pause how they wait for their turn, by that clock
   */
  public AwsCalls(AwsCallSettings settings, Clock clock, Pause pause) {
    reads = retry("reads", settings, AwsCalls::isWorthAnotherRead);
    mutations = retry("mutations", settings, AwsCalls::isCertainlyNotDone);
    pace = new Pace(settings, clock, pause);
    circuit =
        CircuitBreaker.of(
            "aws",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(20)
                .minimumNumberOfCalls(20)
                .failureRateThreshold(50)
                .waitDurationInOpenState(settings.openCircuitFor())
                .recordException(AwsCalls::isTroubleOfTheService)
                .build());
  }

  private static void sleep(Duration duration) throws InterruptedException {
    // Rounded up, since a turn that is taken too early is a call too many.
    Thread.sleep(duration.plusNanos(999_999).toMillis());
  }

  private static Retry retry(String name, AwsCallSettings settings, Predicate<Throwable> when) {
    return Retry.of(
        name,
        RetryConfig.custom()
            .maxAttempts(settings.maxAttempts())
            .intervalFunction(
                IntervalFunction.ofExponentialRandomBackoff(
                    settings.firstPause(), 2.0, 0.5, settings.longestPause()))
            .retryOnException(when)
            .build());
  }

  private static boolean isWorthAnotherRead(Throwable failure) {
    return isFaultOfTheService(failure);
  }

  private static boolean isCertainlyNotDone(Throwable failure) {
    return isFaultOtherThan(AwsFailure.UNKNOWN_OUTCOME, failure);
  }

  /** Who is throttled is to slow down, which the pauses see to; nothing is wrong over there. */
  private static boolean isTroubleOfTheService(Throwable failure) {
    return isFaultOtherThan(AwsFailure.THROTTLED, failure);
  }

  private static boolean isFaultOtherThan(AwsFailure kind, Throwable failure) {
    return isFaultOfTheService(failure)
        && failure instanceof SdkException e
        && AwsFailure.of(e) != kind;
  }

  private static boolean isFaultOfTheService(Throwable failure) {
    if (!(failure instanceof SdkException e)
        || failure instanceof AbortedException
        || Thread.currentThread().isInterrupted()) {
      return false;
    }
    AwsFailure kind = AwsFailure.of(e);
    return kind == AwsFailure.THROTTLED
        || kind == AwsFailure.UNKNOWN_OUTCOME
        || AwsFailure.isUnreachable(e);
  }

  /**
   * Makes a client.
   *
   * @param <C> the client's type
   * @param maker makes it
   * @return the client
   * @throws ClientConfigurationException if the SDK finds no Region
   */
  public static <C> C client(Supplier<C> maker) {
    try {
      return maker.get();
    } catch (SdkClientException e) {
      throw unconfigured("no client for AWS could be made", e);
    }
  }

  private static ClientConfigurationException unconfigured(String what, SdkException failure) {
    return new ClientConfigurationException(
        "Set the Region (AWS_REGION) and credentials in the environment or the shared configuration"
            + " files, or give a client that has them: to RotationPlanner.kmsClient(...) when you"
            + " plan, to client(...) of the strategy's options and with them to"
            + " RotationRunner.builder().with(...) when you run. One of the two was not found, so "
            + what
            + ", and nothing was changed by it: "
            + shortened(failure.rawMessage()),
        failure);
  }

  @Override
  public <T> T read(String operation, Supplier<T> call) {
    try {
      return guarded(operation, reads, call);
    } catch (RuntimeException e) {
      throw translated(operation, e, false);
    }
  }

  /**
   * Makes a call that changes something.
   *
   * @param <T> the answer's type
   * @param operation the IAM action, for messages
   * @param call the call
   * @return the answer
   * @throws UnknownOutcomeException if the answer was lost: look before doing anything else
   * @throws AwsUnavailableException if AWS kept throttling or was not reached: nothing was changed
   * @throws MissingPermissionException if the caller may not
   * @throws ClientConfigurationException if there are no credentials
   */
  public <T> T mutate(String operation, Supplier<T> call) {
    try {
      return guarded(operation, mutations, call);
    } catch (RuntimeException e) {
      throw translated(operation, e, true);
    }
  }

  private <T> T guarded(String operation, Retry retry, Supplier<T> call) {
    Supplier<T> guarded = CircuitBreaker.decorateSupplier(circuit, call);
    Supplier<T> inTurn =
        () -> {
          pace.await(operation);
          return guarded.get();
        };
    return Retry.decorateSupplier(retry, inTurn).get();
  }

  private static RuntimeException translated(
      String operation, RuntimeException failure, boolean mutating) {
    if (failure instanceof Pace.NoTurnException) {
      return new AwsUnavailableException(
          operation
              + " was not sent: it got no turn within the rates of AwsCallSettings, as "
              + failure.getMessage()
              + ". Nothing was changed by it; try again later.",
          failure);
    }
    if (failure instanceof CallNotPermittedException) {
      return new AwsUnavailableException(
          operation
              + " was not sent because most calls before it failed on AWS's side. Nothing was"
              + " changed by it; try again later.",
          failure);
    }
    return failure instanceof SdkException e ? translated(operation, e, mutating) : failure;
  }

  private static RuntimeException translated(
      String operation, SdkException failure, boolean mutating) {
    AwsFailure kind = AwsFailure.of(failure);
    if (mutating && mayHaveTakenEffectBefore(kind, failure)) {
      return new UnknownOutcomeException(
          operation
              + " was sent "
              + failure.numAttempts()
              + " times by the SDK. The last time it was refused ("
              + brief(failure)
              + "); an earlier one may have taken effect.",
          failure);
    }
    return switch (kind) {
      case THROTTLED ->
          new AwsUnavailableException(
              operation
                  + " was throttled on every attempt and did not take effect. Try again later,"
                  + " or lower the rates of AwsCallSettings.",
              failure);
      case UNKNOWN_OUTCOME ->
          mutating
              ? new UnknownOutcomeException(
                  operation + " was sent and its answer was lost (" + brief(failure) + ").",
                  failure)
              : new AwsUnavailableException(
                  operation
                      + " failed on every attempt ("
                      + brief(failure)
                      + "). It changes nothing. Try again later.",
                  failure);
      case DENIED ->
          new MissingPermissionException(
              "AWS denied "
                  + operation
                  + " ("
                  + brief(failure)
                  + "). It did not take effect. "
                  + AwsFailure.deniedPermission(failure)
                      .map(sentence -> "AWS says: " + sentence + " ")
                      .orElse("")
                  + (AwsFailure.isOfCredentials(failure)
                      ? "The credentials are expired, or not valid there: renew them and go on."
                      : "Grant the permission and go on."),
              failure);
      case NOT_SENT ->
          AwsFailure.isUnreachable(failure)
              ? new AwsUnavailableException(
                  operation
                      + " could not be sent, as no connection to AWS was made ("
                      + failure.rawMessage()
                      + "). Nothing was changed by it. Check Region, endpoint and network; try"
                      + " again later.",
                  failure)
              : unconfigured(operation + " could not be sent", failure);
      case REFUSED -> failure;
    };
  }

  /** The SDK sends a call again whose answer was lost, and tells only what came of the last one. */
  private static boolean mayHaveTakenEffectBefore(AwsFailure kind, SdkException failure) {
    Integer attempts = failure.numAttempts();
    return (kind == AwsFailure.REFUSED || kind == AwsFailure.DENIED)
        && attempts != null
        && attempts > 1;
  }

  /** The SDK's text lists every provider of its chain; all of it stays with the cause. */
  private static String shortened(@Nullable String text) {
    String all = String.valueOf(text);
    return all.length() <= LONGEST_TEXT ? all : all.substring(0, LONGEST_TEXT).strip() + " ...";
  }

  private static String brief(RuntimeException failure) {
    String code = AwsFailure.errorCode(failure);
    return code.isEmpty() ? failure.getClass().getSimpleName() : code;
  }
}
