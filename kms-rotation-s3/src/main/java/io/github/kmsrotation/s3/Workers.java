package io.github.kmsrotation.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.AbortedException;

/**
 * The threads of a run: so many, and two more, one that lists ahead and one that counts. Daemons,
 * made when needed.
 */
final class Workers implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final int count;
  private final ExecutorService pool;

  Workers(int count) {
    this.count = count;
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count + 2,
            count + 2,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "kms-rotation-s3-" + NUMBER.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    this.pool = threads;
  }

  /** For steps that are only described. */
  static Workers none() {
    return new Workers(1);
  }

  int count() {
    return count;
  }

  <T> Future<T> ahead(Callable<T> work) {
    return pool.submit(work);
  }

  /**
   * Does something with each, several at once, and returns when no thread is at it any more. The
   * first exception ends it and is thrown; so does an interrupt, after which the calling thread is
   * interrupted still.
   */
  <T> void each(List<T> things, Consumer<T> work) {
    AtomicInteger next = new AtomicInteger();
    List<Share<T>> shares = new ArrayList<>();
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < Math.min(count, things.size()); i++) {
      Share<T> share = new Share<>(things, next, work);
      shares.add(share);
      running.add(pool.submit(share));
    }
    try {
      CompletableFuture.allOf(
              shares.stream().map(share -> share.end).toArray(CompletableFuture[]::new))
          .get();
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } catch (InterruptedException e) {
      next.set(things.size());
      running.forEach(future -> future.cancel(true));
      shares.forEach(Share::awaitEnd);
      Thread.currentThread().interrupt();
      throw AbortedException.create("Interrupted between objects", e);
    }
  }

  /** What one thread does of it: one thing after the other, as long as there are any. */
  private static final class Share<T> implements Runnable {

    private final List<T> things;
    private final AtomicInteger next;
    private final Consumer<T> work;
    private final AtomicBoolean begun = new AtomicBoolean();
    final CompletableFuture<Boolean> end = new CompletableFuture<>();

    Share(List<T> things, AtomicInteger next, Consumer<T> work) {
      this.things = things;
      this.next = next;
      this.work = work;
    }

    @Override
    public void run() {
      if (!begun.compareAndSet(false, true)) {
        return;
      }
      try {
        for (int i = next.getAndIncrement(); i < things.size(); i = next.getAndIncrement()) {
          work.accept(things.get(i));
        }
        end.complete(true);
      } catch (RuntimeException | Error e) {
        next.set(things.size());
        end.completeExceptionally(e);
      }
    }

    /** A cancelled share that no thread had begun will never be run. */
    void awaitEnd() {
      if (!begun.compareAndSet(false, true)) {
        end.handle((done, failure) -> true).join();
      }
    }
  }

  private static RuntimeException unwrapped(ExecutionException failure) {
    if (failure.getCause() instanceof RuntimeException cause) {
      return cause;
    }
    if (failure.getCause() instanceof Error cause) {
      throw cause;
    }
    return new IllegalStateException(failure);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
