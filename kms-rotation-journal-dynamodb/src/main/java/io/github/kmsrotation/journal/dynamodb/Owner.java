package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.plan.RunId;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as the owner of runs, and its lease. The lease holds by this process's clock from
 * before the renewal was sent, and by those who watch it from after it arrived: so it ends here
 * before it ends for anybody else.
 */
final class Owner {

  private static final Logger LOG = LoggerFactory.getLogger(Owner.class);

  private final String id = UUID.randomUUID().toString();
  private final JournalTable table;
  private final Duration lease;
  private long beat;
  private volatile long renewedAt;
  private volatile boolean lost;

  Owner(JournalTable table, Duration lease) {
    this.table = table;
    this.lease = lease;
    long now = System.nanoTime();
    table.put(Items.lease(id, beat, lease));
    renewedAt = now;
  }

  String id() {
    return id;
  }

  /** Whether others may have taken the runs over: this owner is not to be used again. */
  boolean isLost() {
    return lost;
  }

  /** Renews the lease; a failure to do so is tolerated until the lease has run out. */
  synchronized void renew() {
    if (lost) {
      return;
    }
    long now = System.nanoTime();
    try {
      if (table.replace(Items.BEAT, Items.beat(beat), Items.lease(id, beat + 1, lease))) {
        beat++;
        renewedAt = now;
      } else {
        lost = true;
        LOG.warn("Runs of {} may go on elsewhere: its lease ran out", id);
      }
    } catch (JournalUnavailableException e) {
      LOG.warn("The lease of {} could not be renewed; it will be tried again", id, e);
    }
  }

  /** Sees that nobody can have taken the run over. */
  void check(RunId runId) {
    if (lost) {
      throw takenOver(runId);
    }
    if (System.nanoTime() - renewedAt >= lease.toNanos()) {
      throw new JournalUnavailableException(
          "The journal table "
              + table.name()
              + " could not be reached for "
              + lease.toSeconds()
              + " s, so that others may take run "
              + runId
              + " over. Nothing further was done here. Resume it when the table can be reached.");
    }
  }

  static RunInUseException takenOver(RunId runId) {
    return new RunInUseException(
        "Run "
            + runId
            + " was taken over by somebody else, since this process did not renew its lease in"
            + " time. Nothing further was done here. Leave the run to that one.");
  }

  synchronized void end() {
    lost = true;
    table.delete(Items.BEAT, Items.beat(beat), Items.leaseKey(id));
  }
}
