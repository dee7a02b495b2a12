package io.github.kmsrotation.fleet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Pauses, continues and cancels the fleets of the runner that it was given to. Safe for use by
 * several threads; every method returns at once.
 */
public final class FleetControl {

  private final List<Runnable> wakers = new CopyOnWriteArrayList<>();
  private volatile boolean paused;
  private volatile boolean cancelled;

  /** A control that holds nothing. */
  public FleetControl() {}

  /**
   * Begins nothing new: no run, no wave, and no further step of a run under way. A step that is
   * under way is finished, and so is a CUTOVER, since half of one is an outage.
   */
  public void pause() {
    paused = true;
    wake();
  }

  /** Goes on after {@link #pause}. */
  public void goOn() {
    paused = false;
    wake();
  }

  /**
   * Ends the fleets, for good as far as this control is concerned. A run under way stops as soon as
   * it waits, resumable; one within its CUTOVER is brought through that first. What AWS is doing
   * goes on.
   */
  public void cancel() {
    cancelled = true;
    wake();
  }

  /**
   * Whether nothing new is begun for now.
   *
   * @return true after {@link #pause}, until {@link #goOn}
   */
  public boolean isPaused() {
    return paused;
  }

  /**
   * Whether the fleets end.
   *
   * @return true after {@link #cancel}
   */
  public boolean isCancelled() {
    return cancelled;
  }

  void onChange(Runnable waker) {
    wakers.add(waker);
  }

  void forget(Runnable waker) {
    wakers.remove(waker);
  }

  private void wake() {
    wakers.forEach(Runnable::run);
  }
}
