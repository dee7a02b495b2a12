package io.github.kmsrotation.testkit.ec2;

import java.util.Map;

/** The states of instances, and their numbers on the wire. */
enum InstanceState {
  PENDING(0, "pending"),
  RUNNING(16, "running"),
  SHUTTING_DOWN(32, "shutting-down"),
  TERMINATED(48, "terminated"),
  STOPPING(64, "stopping"),
  STOPPED(80, "stopped");

  final String wire;
  private final int code;

  InstanceState(int code, String wire) {
    this.code = code;
    this.wire = wire;
  }

  Map<String, Object> xml() {
    return Map.of("code", code, "name", wire);
  }
}
