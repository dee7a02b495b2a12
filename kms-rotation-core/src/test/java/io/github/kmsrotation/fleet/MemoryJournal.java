package io.github.kmsrotation.fleet;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.ResourceInUseException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.journal.UnknownRunException;
import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A journal that outlives runners, not the test, and whose disk can be full after some writes. */
public final class MemoryJournal implements Journal {

  private final Map<RunId, List<JournalEntry>> logs = new ConcurrentHashMap<>();
  private final Set<RunId> owned = ConcurrentHashMap.newKeySet();
  private final Map<String, RunId> claims = new HashMap<>();
  private final AtomicLong writesLeft = new AtomicLong(Long.MAX_VALUE);

  /** From then on nothing is written, as if the process had been killed. */
  void failAfter(long writes) {
    writesLeft.set(writes);
  }

  /** Every entry of a run. */
  List<JournalEntry> entries(RunId run) {
    return List.copyOf(logs.getOrDefault(run, List.of()));
  }

  int owned() {
    return owned.size();
  }

  @Override
  public RunLog create(RunId runId) {
    if (logs.containsKey(runId)) {
      throw new RunInUseException("Run " + runId + " was started before", new IOException());
    }
    write();
    logs.put(runId, new ArrayList<>());
    return open(runId);
  }

  @Override
  public RunLog open(RunId runId) {
    List<JournalEntry> entries = logs.get(runId);
    if (entries == null) {
      throw new UnknownRunException("There is no run " + runId);
    }
    if (!owned.add(runId)) {
      throw new RunInUseException("Run " + runId + " is in use");
    }
    return new RunLog() {
      @Override
      public List<JournalEntry> entries() {
        return List.copyOf(entries);
      }

      @Override
      public void append(JournalEntry entry) {
        write();
        entries.add(entry);
      }

      @Override
      public void claim(Set<String> resources) {
        write();
        synchronized (claims) {
          for (String resource : resources) {
            RunId holder = claims.getOrDefault(resource, runId);
            if (!holder.equals(runId) && !hasEnded(holder)) {
              throw ResourceInUseException.of(runId.value(), resource, holder.value());
            }
          }
          resources.forEach(resource -> claims.put(resource, runId));
        }
      }

      @Override
      public void release() {
        synchronized (claims) {
          claims.values().removeIf(runId::equals);
        }
      }

      @Override
      public void close() {
        owned.remove(runId);
      }
    };
  }

  private boolean hasEnded(RunId run) {
    List<JournalEntry> entries = entries(run);
    return entries.isEmpty() || entries.get(entries.size() - 1).type() == EntryType.FINISHED;
  }

  private void write() {
    if (writesLeft.getAndDecrement() <= 0) {
      throw new JournalUnavailableException("The disk is full", new IOException());
    }
  }

  @Override
  public List<RunId> runs() {
    return logs.keySet().stream().sorted((a, b) -> a.value().compareTo(b.value())).toList();
  }
}
