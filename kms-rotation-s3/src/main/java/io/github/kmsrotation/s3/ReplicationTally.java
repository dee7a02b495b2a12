package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.s3.ReplicationFinding.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many entries of which verdict there were, and the first to report. For one thread. */
final class ReplicationTally {

  /** Enough to see what sort they are; the report has them all. */
  private static final int MOST_NAMED = 20;

  private static final String COUNT = "count.";
  private static final String NAMED = "stays.";

  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
  private final List<String> named = new ArrayList<>();

  static ReplicationTally of(Facts noted) {
    ReplicationTally tally = new ReplicationTally();
    for (Map.Entry<String, String> fact : noted.values().entrySet()) {
      if (fact.getKey().startsWith(COUNT)) {
        tally.counts.put(
            Verdict.valueOf(fact.getKey().substring(COUNT.length())),
            Long.valueOf(fact.getValue()));
      } else if (fact.getKey().startsWith(NAMED)) {
        tally.named.add(fact.getValue());
      }
    }
    return tally;
  }

  void add(ReplicationSweep.Entry entry, ReplicationFinding finding) {
    counts.merge(finding.verdict(), 1L, Long::sum);
    if (finding.verdict().isReported() && named.size() < MOST_NAMED) {
      named.add(
          entry.key()
              + " ("
              + (entry.isMarker() ? "delete marker " : "version ")
              + entry.versionId()
              + "): "
              + finding.verdict().words()
              + (finding.detail().isEmpty() ? "" : ", " + finding.detail()));
    }
  }

  long count(Verdict verdict) {
    return counts.getOrDefault(verdict, 0L);
  }

  long all() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  long reported() {
    return counts.entrySet().stream()
        .filter(count -> count.getKey().isReported())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  String named() {
    return String.join("; ", named);
  }

  Map<String, String> toFacts() {
    Map<String, String> facts = new TreeMap<>();
    counts.forEach((verdict, count) -> facts.put(COUNT + verdict, Long.toString(count)));
    for (int i = 0; i < named.size(); i++) {
      facts.put(NAMED + String.format("%02d", i), named.get(i));
    }
    return facts;
  }
}
