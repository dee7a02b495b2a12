package io.github.kmsrotation.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * A bucket of tokens as AWS keeps one for each of its APIs: it holds so many, and so many come back
 * a second. Tokens are given on credit, in the order in which they are asked for, so that nobody
 * has to ask twice. A clock that is put back gives no token. Safe for use by several threads.
 */
public final class TokenBucket {

  private static final double NANOS = 1_000_000_000;

  private final double perSecond;
  private final double capacity;
  private final Clock clock;
  private double tokens;
  private Instant last;

  /**
   * A full bucket.
   *
   * @param perSecond how many tokens come back a second; positive
   * @param capacity how many it holds; 1 or more
   * @param clock by which they come back
   */
  public TokenBucket(double perSecond, double capacity, Clock clock) {
    this.perSecond = perSecond;
    this.capacity = capacity;
    this.clock = clock;
    this.tokens = capacity;
    this.last = clock.instant();
  }

  /**
   * Takes a token.
   *
   * @return how long it takes until the token is there; zero if it was
   */
  public synchronized Duration take() {
    refill();
    tokens--;
    return tokens >= 0
        ? Duration.ZERO
        : Duration.ofNanos((long) Math.ceil(-tokens / perSecond * NANOS));
  }

  /** Gives back a token that was taken and not used. */
  public synchronized void giveBack() {
    tokens++;
  }

  private void refill() {
    Instant now = clock.instant();
    if (now.isAfter(last)) {
      double passed = Duration.between(last, now).toNanos() / NANOS;
      tokens = Math.min(capacity, tokens + passed * perSecond);
    }
    last = now;
  }
}
