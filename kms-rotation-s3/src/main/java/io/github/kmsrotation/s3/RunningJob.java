package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A job that a step made, or is to make.
 *
 * @param id as AWS has it; empty if it is not made yet
 * @param name within the run
 * @param spec what it works on
 */
record RunningJob(String id, String name, JobSpec spec) {

  static List<RunningJob> of(Facts facts) {
    List<RunningJob> jobs = new ArrayList<>();
    for (int i = 0; ; i++) {
      Optional<String> spec = facts.find("spec." + number(i));
      if (spec.isEmpty()) {
        return jobs;
      }
      jobs.add(
          new RunningJob(
              facts.find("job." + number(i)).orElse(""),
              facts.find("name." + number(i)).orElse(""),
              JobSpec.parse(spec.get())));
    }
  }

  Map<String, String> toFacts(int place) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("job." + number(place), id);
    facts.put("name." + number(place), name);
    facts.put("spec." + number(place), spec.format());
    return facts;
  }

  private static String number(int place) {
    return String.format("%03d", place);
  }

  RunningJob made(String newId) {
    return new RunningJob(newId, name, spec);
  }
}
