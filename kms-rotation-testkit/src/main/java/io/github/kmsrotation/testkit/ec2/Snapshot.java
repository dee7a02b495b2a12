package io.github.kmsrotation.testkit.ec2;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A snapshot's state. Used under the embedded AWS's lock. */
final class Snapshot extends Ec2Resource {

  final String ownerId;
  final String volumeId;
  final int sizeGib;
  final Encryption encryption;
  final BlockData data;
  final Set<String> productCodes = new LinkedHashSet<>();

  /** Zones in which it is restored fast, and how far that is. */
  final Map<String, FastRestore> fastRestores = new LinkedHashMap<>();

  String status = "pending";
  String description = "";

  /** Who may make volumes of it, besides its owner. */
  final Set<Map<String, String>> permissions = new LinkedHashSet<>();

  Optional<String> statusMessage = Optional.empty();
  Optional<Integer> completionMinutes = Optional.empty();
  Optional<Instant> completedAt = Optional.empty();
  boolean isCopy;

  /** Asked to be deleted while pending: it goes once it is completed. */
  boolean isDoomed;

  private Duration takes = Duration.ZERO;

  Snapshot(
      String region,
      String id,
      Instant createdAt,
      String ownerId,
      String volumeId,
      int sizeGib,
      Encryption encryption,
      BlockData data) {
    super(Kind.SNAPSHOT, region, id, createdAt);
    this.ownerId = ownerId;
    this.volumeId = volumeId;
    this.sizeGib = sizeGib;
    this.encryption = encryption;
    this.data = data;
  }

  boolean is(String state) {
    return status.equals(state);
  }

  void takes(Duration duration) {
    this.takes = duration;
  }

  void complete(Instant now) {
    status = "completed";
    completedAt = Optional.of(now);
  }

  /** A percentage, by the clock; a snapshot that never finishes stays at 99. */
  String progress(Instant now) {
    if (is("completed")) {
      return "100%";
    }
    long done = Duration.between(createdAt, now).toMillis();
    long all = Math.max(1, takes.toMillis());
    return is("error") ? "0%" : Math.min(99, Math.max(0, done * 100 / all)) + "%";
  }

  @Override
  Map<String, Object> xml() {
    return xml(createdAt);
  }

  Map<String, Object> xml(Instant now) {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("snapshotId", id);
    xml.put("volumeId", volumeId);
    xml.put("status", status);
    statusMessage.ifPresent(message -> xml.put("statusMessage", message));
    xml.put("startTime", createdAt.toString());
    completedAt.ifPresent(at -> xml.put("completionTime", at.toString()));
    xml.put("progress", progress(now));
    xml.put("ownerId", ownerId);
    xml.put("volumeSize", sizeGib);
    xml.put("description", description);
    xml.put("tagSet", tagSet());
    xml.put("storageTier", "standard");
    if (isCopy) {
      xml.put("transferType", completionMinutes.isPresent() ? "time-based" : "standard");
    }
    completionMinutes.ifPresent(minutes -> xml.put("completionDurationMinutes", minutes));
    encryption.tell(xml);
    encryption.dataKey().ifPresent(key -> xml.put("dataEncryptionKeyId", key));
    xml.put("fullSnapshotSizeInBytes", data.bytesHeld());
    return xml;
  }
}
