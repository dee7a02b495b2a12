package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * How many calls there are at once: half as many when S3 or KMS throttles, and one more for every
 * round that goes well, up to what the caller allows. A throttled call is repeated until it passes,
 * after a pause that doubles from 100 ms to 20 s with jitter of half of it; one whose answer was
 * lost is repeated nine times, since all calls that go through here are harmless to repeat. Safe
 * for use by several threads.
 */
final class Pace {

  private static final int MOST_LOST_ANSWERS = 9;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 20_000;

  private final int most;
  private int allowed;
  private int under;
  private int passedSinceChange;
  private long throttled;

  Pace(int most) {
    this.most = most;
    this.allowed = most;
  }

  synchronized int allowed() {
    return allowed;
  }

  /** How often a call was throttled. */
  synchronized long throttled() {
    return throttled;
  }

  /**
   * Calls.
   *
   * @throws SdkException what S3 refused, what could not be sent, and what got no answer ten times
   */
  <T> T call(Supplier<T> call) {
    int lost = 0;
    for (int attempt = 0; ; attempt++) {
      begin();
      boolean passed = false;
      try {
        T answer = call.get();
        passed = true;
        return answer;
      } catch (AbortedException e) {
        throw e;
      } catch (SdkException e) {
        if (isThrottling(e)) {
          slowDown();
        } else if (AwsFailure.of(e) != AwsFailure.UNKNOWN_OUTCOME || ++lost > MOST_LOST_ANSWERS) {
          throw e;
        }
      } finally {
        end(passed);
      }
      pause(attempt);
    }
  }

  /** S3 passes on what KMS says with {@code KMS.} before its code. */
  static boolean isThrottling(SdkException failure) {
    return AwsFailure.of(failure) == AwsFailure.THROTTLED
        || AwsFailure.errorCode(failure).endsWith("ThrottlingException")
        || (failure instanceof SdkServiceException service && service.statusCode() == 503);
  }

  private synchronized void begin() {
    try {
      while (under >= allowed) {
        wait();
      }
    } catch (InterruptedException e) {
      throw aborted(e);
    }
    under++;
  }

  private synchronized void end(boolean passed) {
    under--;
    if (passed && allowed < most && ++passedSinceChange >= allowed) {
      allowed++;
      passedSinceChange = 0;
    }
    notifyAll();
  }

  /** Once for all calls that were under way together: it says the same thing to each. */
  private synchronized void slowDown() {
    throttled++;
    if (under <= allowed) {
      allowed = Math.max(1, allowed / 2);
      passedSinceChange = 0;
    }
  }

  private static void pause(int attempt) {
    long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10));
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(longest / 2, longest + longest / 2));
    } catch (InterruptedException e) {
      throw aborted(e);
    }
  }

  private static AbortedException aborted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return AbortedException.create("Interrupted between calls", e);
  }
}
