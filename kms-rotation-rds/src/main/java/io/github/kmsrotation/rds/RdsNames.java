package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.RunId;
import java.util.Map;
import software.amazon.awssdk.services.rds.model.Tag;

/**
 * The names of what a run makes, derived from the DB instance and the run, so that a later attempt
 * finds it instead of making a second one. RDS allows 63 characters, letters, digits and single
 * hyphens.
 */
record RdsNames(String original, RunId runId, RdsWay way) {

  private static final int MOST = 63;

  RdsNames(String original, RunId runId) {
    this(original, runId, RdsWay.SNAPSHOT);
  }

  String deployment() {
    return "kms-rotation-" + runId.value();
  }

  String snapshot() {
    return name("snap");
  }

  String rekeyedSnapshot() {
    return name("copy");
  }

  String replacement() {
    return name("new");
  }

  /** A switchover gives the former the name that RDS has for it. */
  String asideName() {
    return way == RdsWay.BLUE_GREEN ? original + "-old1" : name("old");
  }

  /** What a replacement that had served held when it was rolled back. */
  String rescueSnapshot() {
    return name("undone");
  }

  String finalSnapshot() {
    return name("final");
  }

  private String name(String role) {
    String suffix = "-" + runId.value() + "-" + role;
    String start = original.substring(0, Math.min(original.length(), MOST - suffix.length()));
    return (start.endsWith("-") ? start.substring(0, start.length() - 1) : start) + suffix;
  }

  Tag tag() {
    return Tag.builder().key(RunId.TAG_KEY).value(runId.value()).build();
  }

  boolean isMine(Iterable<Tag> tags) {
    for (Tag tag : tags) {
      if (Map.entry(RunId.TAG_KEY, runId.value()).equals(Map.entry(tag.key(), tag.value()))) {
        return true;
      }
    }
    return false;
  }
}
