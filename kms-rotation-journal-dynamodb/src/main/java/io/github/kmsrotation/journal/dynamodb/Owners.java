package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.plan.RunId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The owner that this process is, kept alive, and whether other owners live. */
final class Owners implements AutoCloseable {

  private static final int RENEWALS_PER_LEASE = 3;
  private static final int LOOKS_PER_LEASE = 10;

  private final JournalTable table;
  private final Duration lease;
  private Optional<Owner> mine = Optional.empty();
  private Optional<Thread> renewing = Optional.empty();
  private boolean closed;

  Owners(JournalTable table, Duration lease) {
    this.table = table;
    this.lease = lease;
  }

  /** The owner that this process is, a new one if the former has lost its lease. */
  synchronized Owner current() {
    if (closed) {
      throw new IllegalStateException("The journal in table " + table.name() + " is closed");
    }
    if (mine.isEmpty() || mine.get().isLost()) {
      mine = Optional.of(new Owner(table, lease));
    }
    if (renewing.isEmpty()) {
      renewing = Optional.of(start());
    }
    return mine.get();
  }

  private Thread start() {
    Thread thread = new Thread(this::keepRenewing, "kms-rotation-journal-lease");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void keepRenewing() {
    try {
      while (true) {
        Thread.sleep(lease.toMillis() / RENEWALS_PER_LEASE);
        renew();
      }
    } catch (InterruptedException e) {
      // The journal was closed, and that is the end of this thread.
    }
  }

  private void renew() {
    Optional<Owner> renewed;
    synchronized (this) {
      renewed = mine;
    }
    renewed.ifPresent(Owner::renew);
  }

  /**
   * Watches an owner for as long as its lease lasts.
   *
   * @return true if it did not renew its lease meanwhile, which is taken from it then
   */
  boolean isDead(String owner, RunId runId) {
    Optional<Map<String, AttributeValue>> first = table.find(Items.leaseKey(owner));
    if (first.isEmpty()) {
      return true;
    }
    long beat = Long.parseLong(Items.value(first.get(), Items.BEAT));
    Duration watched = Items.lease(first.get());
    long until = System.nanoTime() + watched.toNanos();
    while (System.nanoTime() < until) {
      pause(watched.dividedBy(LOOKS_PER_LEASE), runId);
      Optional<Map<String, AttributeValue>> now = table.find(Items.leaseKey(owner));
      if (now.isEmpty()) {
        return true;
      }
      if (!now.equals(first)) {
        return false;
      }
    }
    return table.delete(Items.BEAT, Items.beat(beat), Items.leaseKey(owner));
  }

  private static void pause(Duration pause, RunId runId) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunInUseException(
          "Run "
              + runId
              + " has an owner, and the wait that was to tell whether that one lives was"
              + " interrupted.",
          e);
    }
  }

  @Override
  public void close() {
    Optional<Owner> ended;
    synchronized (this) {
      closed = true;
      renewing.ifPresent(Thread::interrupt);
      ended = mine;
      mine = Optional.empty();
    }
    ended.ifPresent(Owner::end);
  }
}
