package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.ResourceInUseException;
import io.github.kmsrotation.plan.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What one run has claimed: an item for each resource, which names the run. */
final class Claims {

  private static final int TRIES = 5;

  private final RunId runId;
  private final JournalTable table;
  private final Predicate<RunId> hasEnded;
  private final Set<String> held = new TreeSet<>();

  Claims(RunId runId, JournalTable table, Predicate<RunId> hasEnded) {
    this.runId = runId;
    this.table = table;
    this.hasEnded = hasEnded;
  }

  /** Takes all of them, or gives back those that it has taken. */
  void take(Set<String> resources) {
    List<String> taken = new ArrayList<>();
    for (String resource : new TreeSet<>(resources)) {
      Optional<String> holder = take(resource, taken);
      if (holder.isPresent()) {
        taken.forEach(this::giveBack);
        throw ResourceInUseException.of(runId.value(), resource, holder.get());
      }
    }
    held.addAll(resources);
  }

  /** Who else has it, if anybody. */
  private Optional<String> take(String resource, List<String> taken) {
    Map<String, AttributeValue> mine = Items.claim(resource, runId);
    String holder = "";
    for (int i = 0; i < TRIES; i++) {
      if (table.putIfAbsent(mine)) {
        taken.add(resource);
        return Optional.empty();
      }
      holder =
          table
              .find(Items.claimKey(resource))
              .map(claim -> Items.value(claim, Items.HOLDER))
              .orElse("");
      boolean isVoid = Items.runId(holder).filter(hasEnded).isPresent();
      if (isVoid && table.replace(Items.HOLDER, Items.text(holder), mine)) {
        taken.add(resource);
        return Optional.empty();
      }
      if (!holder.isEmpty() && !isVoid) {
        return Optional.of(holder);
      }
    }
    return Optional.of(holder);
  }

  void giveBack() {
    for (String resource : List.copyOf(held)) {
      giveBack(resource);
      held.remove(resource);
    }
  }

  private void giveBack(String resource) {
    table.delete(Items.HOLDER, Items.text(runId.value()), Items.claimKey(resource));
  }
}
