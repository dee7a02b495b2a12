package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RunId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The runs that threads of this process have open in one journal. Safe for several threads. */
final class OpenRuns {

  private final Set<RunId> open = ConcurrentHashMap.newKeySet();

  /** Opens a run that no other thread has open. */
  RunLog hold(RunId runId, Supplier<RunLog> opening) {
    if (!open.add(runId)) {
      throw inUse(runId);
    }
    boolean opened = false;
    try {
      RunLog log = opening.get();
      opened = true;
      return log;
    } finally {
      if (!opened) {
        open.remove(runId);
      }
    }
  }

  void release(RunId runId) {
    open.remove(runId);
  }

  static RunInUseException inUse(RunId runId) {
    return new RunInUseException(
        "Run " + runId + " is being executed by somebody else. Wait for it to end.");
  }
}
