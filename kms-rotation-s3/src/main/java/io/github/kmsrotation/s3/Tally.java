package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.s3.Finding.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many versions of which verdict there were, and the first that were left. For one thread. */
final class Tally {

  /** Enough to see what sort they are; the report has them all. */
  private static final int MOST_NAMED = 20;

  private static final String COUNT = "count.";
  private static final String NAMED = "stays.";

  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
  private final List<String> named = new ArrayList<>();
  private long bytes;

  static Tally of(Facts checkpoint) {
    Tally tally = new Tally();
    tally.bytes = Long.parseLong(checkpoint.find("bytes").orElse("0"));
    for (Map.Entry<String, String> fact : checkpoint.values().entrySet()) {
      if (fact.getKey().startsWith(COUNT)) {
        Verdict verdict = Verdict.valueOf(fact.getKey().substring(COUNT.length()));
        tally.counts.put(verdict, Long.valueOf(fact.getValue()));
      } else if (fact.getKey().startsWith(NAMED)) {
        tally.named.add(fact.getValue());
      }
    }
    return tally;
  }

  void add(VersionRef version, Finding finding) {
    counts.merge(finding.verdict(), 1L, Long::sum);
    bytes += version.size();
    boolean standsOut = finding.verdict().isReported() || finding.verdict() == Verdict.TO_MOVE;
    if (standsOut && named.size() < MOST_NAMED) {
      named.add(
          version.key()
              + " (version "
              + version.versionId()
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

  /** Those that a report lists. */
  long reported() {
    return counts.entrySet().stream()
        .filter(count -> count.getKey().isReported())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Of versions that were looked at, whether moved or not. */
  long bytes() {
    return bytes;
  }

  List<String> named() {
    return List.copyOf(named);
  }

  Map<String, String> toFacts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("bytes", Long.toString(bytes));
    counts.forEach((verdict, count) -> facts.put(COUNT + verdict, Long.toString(count)));
    for (int i = 0; i < named.size(); i++) {
      facts.put(NAMED + String.format("%02d", i), named.get(i));
    }
    return facts;
  }
}
