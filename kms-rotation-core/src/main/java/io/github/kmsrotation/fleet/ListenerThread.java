package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Progress;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners on a thread of its own, in order, so that one that blocks holds up no run. A slow
 * one holds the fleet up once, for as long as the patience is, when {@value #MOST_WAITING} messages
 * wait; from then on messages that find no room are lost, and counted in the log.
 */
final class ListenerThread implements RotationListener, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ListenerThread.class);
  private static final int MOST_WAITING = 10_000;

  private final Duration patience;
  private final Predicate<RotationReport> hasEnded;
  private final List<RotationListener> listeners;
  private final BlockingQueue<Runnable> messages = new LinkedBlockingQueue<>(MOST_WAITING);
  private final AtomicLong lost = new AtomicLong();
  private final Thread thread;
  private volatile boolean stuck;
  private volatile boolean closed;
  private volatile boolean leftBehind;

  /**
   * @param hasEnded tells a run that has ended from one that stopped while a question is asked
   */
  ListenerThread(
      RunId fleet,
      List<RotationListener> listeners,
      Duration patience,
      Predicate<RotationReport> hasEnded) {
    this.hasEnded = hasEnded;
    this.patience = patience;
    this.listeners = List.copyOf(listeners);
    this.thread = new Thread(this::tellAll, "kms-rotation-listeners-" + fleet);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void tellAll() {
    try {
      while (!leftBehind && (!closed || !messages.isEmpty())) {
        messages.take().run();
      }
    } catch (InterruptedException e) {
      LOG.debug("Listeners are not told any more", e);
    }
  }

  private void tell(Consumer<RotationListener> message) {
    if (listeners.isEmpty()) {
      return;
    }
    Runnable all = () -> listeners.forEach(listener -> tell(listener, message));
    stuck = !(messages.offer(all) || (!stuck && offerPatiently(all)));
    if (stuck && lost.getAndIncrement() == 0) {
      LOG.warn("A listener does not keep up; it is not told everything");
    }
  }

  private boolean offerPatiently(Runnable message) {
    try {
      return messages.offer(message, patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void tell(RotationListener listener, Consumer<RotationListener> message) {
    try {
      message.accept(listener);
    } catch (Throwable e) {
      LOG.warn("A rotation listener failed; the run goes on", e);
    }
  }

  @Override
  public void onStepStarted(RotationPlan plan, StepDescription step) {
    tell(listener -> listener.onStepStarted(plan, step));
  }

  @Override
  public void onStepWaiting(RotationPlan plan, StepDescription step, Condition condition) {
    tell(listener -> listener.onStepWaiting(plan, step, condition));
  }

  @Override
  public void onStepProgress(RotationPlan plan, StepDescription step, Progress progress) {
    tell(listener -> listener.onStepProgress(plan, step, progress));
  }

  @Override
  public void onStepDone(RotationPlan plan, StepDescription step, StepOutcome.Done outcome) {
    tell(listener -> listener.onStepDone(plan, step, outcome));
  }

  @Override
  public void onStepUndone(RotationPlan plan, StepDescription step) {
    tell(listener -> listener.onStepUndone(plan, step));
  }

  @Override
  public void onRunEnded(RotationReport report) {
    if (hasEnded.test(report)) {
      tell(listener -> listener.onRunEnded(report));
    }
  }

  /** Lets listeners hear what waits, for a while; an interrupt shortens it. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = Thread.interrupted();
    try {
      if (messages.offer(() -> {})) {
        thread.join(patience.toMillis());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    leftBehind = true;
    thread.interrupt();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (lost.get() > 0 || !messages.isEmpty()) {
      LOG.warn("Listeners were not told {} messages", lost.get() + messages.size());
    }
  }
}
