package io.github.kmsrotation.fleet;

import io.github.kmsrotation.run.Sleeper;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What workers, approvers and the control have for the fleet's thread, which waits here. */
final class Mailbox {

  /** A clock that is set is noticed after this time. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final BlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
  private final Optional<Sleeper> sleeper;

  Mailbox(Optional<Sleeper> sleeper) {
    this.sleeper = sleeper;
  }

  /** From any thread. */
  void post(Runnable message) {
    messages.add(message);
  }

  /** Handles everything that is there. */
  void handleAll() {
    Runnable message = messages.poll();
    while (message != null) {
      message.run();
      message = messages.poll();
    }
  }

  /** Waits for a message that is sure to come, for some time at most, and handles it. */
  void awaitMessage(Duration atMost) throws InterruptedException {
    Duration wait = atMost.compareTo(LONGEST_WAIT) < 0 ? atMost : LONGEST_WAIT;
    Runnable message = messages.poll(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS);
    if (message != null) {
      message.run();
    }
  }

  /** Lets time pass, with nobody at work. */
  void awaitTime(Duration duration) throws InterruptedException {
    if (sleeper.isEmpty()) {
      awaitMessage(duration);
    } else if (messages.isEmpty()) {
      sleeper.get().sleep(duration);
    }
  }
}
