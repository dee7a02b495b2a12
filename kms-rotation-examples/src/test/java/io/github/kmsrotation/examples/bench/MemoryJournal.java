package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Remembers nothing beyond the run: what is left is the runner's own work. */
final class MemoryJournal implements Journal {

  @Override
  public RunLog create(RunId runId) {
    return new MemoryLog(new ArrayList<>());
  }

  @Override
  public RunLog open(RunId runId) {
    throw new UnsupportedOperationException("The benchmark resumes nothing.");
  }

  @Override
  public List<RunId> runs() {
    return List.of();
  }

  private record MemoryLog(List<JournalEntry> entries) implements RunLog {
    @Override
    public void append(JournalEntry entry) {
      entries.add(entry);
    }

    @Override
    public void claim(Set<String> resources) {
      // nobody else is there
    }

    @Override
    public void release() {
      // holds nothing
    }

    @Override
    public void close() {
      // holds nothing
    }
  }
}
