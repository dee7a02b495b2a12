package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Tick;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The threads that look. Belongs to the fleet's thread, and gives it what a look led to by its
 * mailbox.
 */
final class Workers implements AutoCloseable {

  /** How many looks wait for each thread, so that none of them waits for the fleet's thread. */
  private static final int LINED_UP = 50;

  private final int threads;
  private final Runners runners;
  private final Mailbox mailbox;
  private final ExecutorService pool;
  private int busy;

  Workers(RunId fleet, int threads, Runners runners, Mailbox mailbox) {
    this.threads = threads;
    this.runners = runners;
    this.mailbox = mailbox;
    AtomicInteger number = new AtomicInteger();
    this.pool =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread =
                  new Thread(work, "kms-rotation-fleet-" + fleet + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  boolean hasRoom() {
    return busy < threads * LINED_UP;
  }

  boolean areBusy() {
    return busy > 0;
  }

  void tick(
      FleetRun run, BiConsumer<FleetRun, Tick> onTick, BiConsumer<FleetRun, Throwable> onFailure) {
    busy++;
    pool.execute(
        () -> {
          try {
            Tick tick = run.tick(runners.of(run.plan()));
            if (tick instanceof Tick.Ended) {
              run.close();
            }
            back(() -> onTick.accept(run, tick));
          } catch (Throwable e) {
            back(() -> onFailure.accept(run, e));
          }
        });
  }

  private void back(Runnable message) {
    mailbox.post(
        () -> {
          busy--;
          message.run();
        });
  }

  /** Interrupts what is being looked at; such runs end, resumable. */
  void interrupt() {
    pool.shutdownNow();
  }

  /** Waits until nobody works any more: only then a run may be given back. */
  @Override
  public void close() {
    pool.shutdown();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
        pool.shutdownNow();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
