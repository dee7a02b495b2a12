package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Tick;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The threads that look: some for each Region of each account, since one in trouble keeps its
 * threads waiting, for AWS's answers and for a slot within the rate. Belongs to the fleet's thread,
 * and gives it what a look led to by its mailbox.
 */
final class Workers implements AutoCloseable {

  private final RunId fleet;
  private final int threadsPerPlace;
  private final Runners runners;
  private final Mailbox mailbox;
  private final Map<String, ExecutorService> pools = new HashMap<>();
  private final AtomicInteger threads = new AtomicInteger();
  private int busy;

  Workers(RunId fleet, int threadsPerPlace, Runners runners, Mailbox mailbox) {
    this.fleet = fleet;
    this.threadsPerPlace = threadsPerPlace;
    this.runners = runners;
    this.mailbox = mailbox;
  }

  private ExecutorService pool() {
    return Executors.newFixedThreadPool(
        threadsPerPlace,
        work -> {
          String name = "kms-rotation-fleet-" + fleet + "-" + threads.incrementAndGet();
          Thread thread = new Thread(work, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  boolean areBusy() {
    return busy > 0;
  }

  void tick(
      FleetRun run, BiConsumer<FleetRun, Tick> onTick, BiConsumer<FleetRun, Throwable> onFailure) {
    busy++;
    pools
        .computeIfAbsent(InFlight.place(run.plan()), place -> pool())
        .execute(
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
    pools.values().forEach(ExecutorService::shutdownNow);
  }

  /** Waits until nobody works any more: only then a run may be given back. */
  @Override
  public void close() {
    pools.values().forEach(ExecutorService::shutdown);
    boolean interrupted = false;
    for (ExecutorService pool : pools.values()) {
      interrupted |= awaitEnd(pool);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
        interrupt();
      }
    }
    return interrupted;
  }
}
