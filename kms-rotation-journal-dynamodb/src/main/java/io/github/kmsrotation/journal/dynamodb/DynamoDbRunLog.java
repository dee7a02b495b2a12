package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.EntryCodec;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.JournalVersionException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.journal.UnknownRunException;
import io.github.kmsrotation.plan.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One run's items. Whoever takes the run up writes that as the next item, and with that takes the
 * place in which a former owner would write: that one is fenced off.
 */
final class DynamoDbRunLog implements RunLog {

  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbRunLog.class);
  private static final int TRIES = 5;

  private final RunId runId;
  private final JournalTable table;
  private final Owner owner;
  private final OpenRuns openRuns;
  private final List<JournalEntry> entries;
  private final Claims claims;
  private int next;
  private boolean broken;
  private boolean closed;

  private DynamoDbRunLog(
      RunId runId,
      JournalTable table,
      Owner owner,
      OpenRuns openRuns,
      List<JournalEntry> entries,
      int next) {
    this.runId = runId;
    this.table = table;
    this.owner = owner;
    this.openRuns = openRuns;
    this.entries = new ArrayList<>(entries);
    this.next = next;
    this.claims = new Claims(runId, table, other -> hasEnded(other, table));
  }

  static DynamoDbRunLog create(RunId runId, JournalTable table, Owner owner, OpenRuns openRuns) {
    table.put(Items.listed(runId));
    if (!table.putIfAbsent(Items.owned(runId, 0, owner.id()))) {
      throw new RunInUseException(
          "Run " + runId + " was started before. Go on with resume, or make a new plan.");
    }
    return new DynamoDbRunLog(runId, table, owner, openRuns, List.of(), 1);
  }

  static DynamoDbRunLog open(RunId runId, JournalTable table, Owners owners, OpenRuns openRuns) {
    Owner owner = owners.current();
    for (int i = 0; i < TRIES; i++) {
      List<Map<String, AttributeValue>> items = table.all(Items.partition(runId));
      if (items.isEmpty()) {
        throw new UnknownRunException("There is no run " + runId + " in table " + table.name());
      }
      Stored stored = Stored.read(runId, table.name(), items);
      if (stored.isHeldByOther(owner) && !owners.isDead(stored.owner(), runId)) {
        throw OpenRuns.inUse(runId);
      }
      int next = items.size();
      if (table.putIfAbsent(Items.owned(runId, next, owner.id()))) {
        return new DynamoDbRunLog(runId, table, owner, openRuns, stored.entries(), next + 1);
      }
    }
    throw OpenRuns.inUse(runId);
  }

  /** What the items of a run add up to. */
  private record Stored(List<JournalEntry> entries, String owner, boolean isReleased) {

    boolean isHeldByOther(Owner me) {
      return !isReleased && !owner.equals(me.id());
    }

    static Stored read(RunId runId, String table, List<Map<String, AttributeValue>> items) {
      checkFormat(runId, table, Items.format(items.get(0)));
      List<JournalEntry> entries = new ArrayList<>();
      for (int number = 0; number < items.size(); number++) {
        Map<String, AttributeValue> item = items.get(number);
        String place = "Table " + table + ", run " + runId + ", item " + number;
        if (!Items.isNumbered(item, number)) {
          throw new JournalCorruptedException(
              place
                  + " is missing. The run was not touched. Restore the table to a point in time,"
                  + " or look by hand at the resources that are tagged with the run's id.");
        }
        if (Items.kind(item, place) == Items.Kind.WRITTEN) {
          entries.add(EntryCodec.decode(entries.size() + 1L, Items.line(item, place), place));
        }
      }
      Map<String, AttributeValue> last = items.get(items.size() - 1);
      boolean isReleased = Items.kind(last, table) == Items.Kind.RELEASED;
      return new Stored(entries, Items.owner(last), isReleased);
    }

    private static void checkFormat(RunId runId, String table, String format) {
      if (format.isEmpty()) {
        throw new JournalCorruptedException(
            "Table " + table + ", run " + runId + ": its first item is missing or damaged.");
      }
      if (!format.equals(Items.FORMAT)) {
        throw new JournalVersionException(
            "Run "
                + runId
                + " was written to table "
                + table
                + " in format "
                + format
                + "; this library reads format "
                + Items.FORMAT
                + ". Use the version of kms-rotation that wrote it.");
      }
    }
  }

  @Override
  public List<JournalEntry> entries() {
    return List.copyOf(entries);
  }

  @Override
  public void append(JournalEntry entry) {
    if (broken || closed) {
      throw new JournalUnavailableException(
          "Run "
              + runId
              + " could not be written to table "
              + table.name()
              + " before; nothing further is done in it.");
    }
    String line = EntryCodec.encode(entries.size() + 1L, entry);
    broken = true;
    owner.check(runId);
    if (!table.putIfAbsent(Items.written(runId, next, owner.id(), line))) {
      throw Owner.takenOver(runId);
    }
    // The write may have taken long: what it allows is done only while nobody can take over.
    owner.check(runId);
    broken = false;
    next++;
    entries.add(entry);
  }

  /** A run without a first entry has done nothing, and one whose last entry says so has ended. */
  private static boolean hasEnded(RunId run, JournalTable table) {
    List<Map<String, AttributeValue>> items = table.all(Items.partition(run));
    if (items.isEmpty()) {
      return true;
    }
    List<JournalEntry> entries = Stored.read(run, table.name(), items).entries();
    return entries.isEmpty() || entries.get(entries.size() - 1).type() == EntryType.FINISHED;
  }

  @Override
  public void claim(Set<String> resources) {
    claims.take(resources);
  }

  @Override
  public void release() {
    claims.giveBack();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (!broken && !owner.isLost()) {
        table.putIfAbsent(Items.released(runId, next, owner.id()));
      }
    } catch (JournalUnavailableException e) {
      LOG.warn("Run {} is free when the lease of this process ends", runId, e);
    } finally {
      openRuns.release(runId);
    }
  }
}
