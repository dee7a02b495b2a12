package io.github.kmsrotation.testkit.ec2;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** That a snapshot is restored fast in a zone. Used under the embedded AWS's lock. */
final class FastRestore {

  final Snapshot snapshot;
  final String zone;
  String state = "enabling";
  private final Map<String, Instant> times = new LinkedHashMap<>();

  FastRestore(Snapshot snapshot, String zone, Instant now) {
    this.snapshot = snapshot;
    this.zone = zone;
    times.put("enabling", now);
  }

  void become(String state, Instant now) {
    this.state = state;
    times.put(state, now);
  }

  Map<String, Object> xml() {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("snapshotId", snapshot.id);
    xml.put("availabilityZone", zone);
    xml.put("availabilityZoneId", Zones.id(zone));
    xml.put("state", state);
    boolean isAsked = state.equals("enabling") || state.equals("disabling");
    xml.put(
        "stateTransitionReason",
        isAsked ? "Client.UserInitiated" : "Client.UserInitiated - Lifecycle state transition");
    xml.put("ownerId", snapshot.ownerId);
    times.forEach((name, at) -> xml.put(name + "Time", at.toString()));
    return xml;
  }
}
