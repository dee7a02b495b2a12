package io.github.kmsrotation.aws;

import io.github.kmsrotation.internal.TokenBucket;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Lets calls pass at the rates of the settings. Safe for use by several threads. */
final class Pace {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final AwsCallSettings settings;
  private final Clock clock;
  private final AwsCalls.Pause pause;
  private final TokenBucket all;
  private final Map<String, Optional<TokenBucket>> buckets = new ConcurrentHashMap<>();

  Pace(AwsCallSettings settings, Clock clock, AwsCalls.Pause pause) {
    this.settings = settings;
    this.clock = clock;
    this.pause = pause;
    this.all = new TokenBucket(settings.callsPerSecond(), settings.callsPerSecond(), clock);
  }

  /** Waits for the turn of a call. */
  void await(String operation) throws NoTurnException {
    Duration wait = all.take();
    Optional<TokenBucket> bucket =
        buckets.computeIfAbsent(
            operation,
            name ->
                settings
                    .rateOf(name)
                    .map(rate -> new TokenBucket(rate.perSecond(), rate.burst(), clock)));
    if (bucket.isPresent()) {
      Duration own = bucket.get().take();
      wait = own.compareTo(wait) > 0 ? own : wait;
    }
    if (wait.compareTo(PATIENCE) > 0) {
      all.giveBack();
      bucket.ifPresent(TokenBucket::giveBack);
      throw new NoTurnException("its turn is in " + wait.toSeconds() + " s");
    }
    if (!wait.isZero()) {
      sleep(wait);
    }
  }

  private void sleep(Duration wait) throws NoTurnException {
    try {
      pause.pause(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoTurnException("the thread was interrupted");
    }
  }

  /** A call was not sent, since it got no turn. */
  static final class NoTurnException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoTurnException(String why) {
      super(why);
    }
  }
}
