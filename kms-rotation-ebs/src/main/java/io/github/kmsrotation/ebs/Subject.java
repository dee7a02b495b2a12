package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.RotationPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is rotated, as the plan notes it.
 *
 * @param instanceId what the volumes are attached to; empty if nothing
 * @param disks the volumes
 * @param writes why nothing is written to them meanwhile
 * @param replacesRoot whether the only volume is a root volume that a task replaces
 */
record Subject(Optional<String> instanceId, List<Disk> disks, Writes writes, boolean replacesRoot) {

  private static final String INSTANCE = "instance";
  private static final String DISKS = "disks";
  private static final String WRITES = "writes";
  private static final String REPLACES_ROOT = "replacesRoot";
  private static final String SEPARATOR = ";";

  Subject {
    disks = List.copyOf(disks);
  }

  SortedMap<String, String> attributes() {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put(INSTANCE, instanceId.orElse(""));
    attributes.put(DISKS, disks.stream().map(Disk::stored).collect(Collectors.joining(SEPARATOR)));
    attributes.put(WRITES, writes.name());
    attributes.put(REPLACES_ROOT, Boolean.toString(replacesRoot));
    return attributes;
  }

  static Subject of(RotationPlan plan) {
    return new Subject(
        Optional.of(plan.attribute(INSTANCE)).filter(id -> !id.isEmpty()),
        Arrays.stream(plan.attribute(DISKS).split(SEPARATOR, -1)).map(Disk::read).toList(),
        Writes.valueOf(plan.attribute(WRITES)),
        Boolean.parseBoolean(plan.attribute(REPLACES_ROOT)));
  }

  /** Of a plan that is about no volumes. */
  static Subject none() {
    return new Subject(Optional.empty(), List.of(), Writes.UNATTACHED, false);
  }

  List<String> volumeIds() {
    return disks.stream().map(Disk::volumeId).toList();
  }

  boolean isStoppedByRun() {
    return writes == Writes.STOPPED_BY_RUN;
  }

  boolean isFrozen() {
    return writes == Writes.FROZEN;
  }

  /** Whether the instance is to run all the time, but for a reboot. */
  boolean isKeptRunning() {
    return writes == Writes.FROZEN || writes == Writes.LOST;
  }

  /** The instance, where there is one for certain. */
  String instance() {
    return instanceId.orElseThrow();
  }
}
