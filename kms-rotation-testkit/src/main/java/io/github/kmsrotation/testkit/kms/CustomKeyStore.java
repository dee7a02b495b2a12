package io.github.kmsrotation.testkit.kms;

import java.time.Instant;
import java.util.Map;

/** A custom key store. Its password or credential is checked for form and not kept. */
final class CustomKeyStore {

  final String id;
  final String type;
  final Instant createdAt;
  final Map<String, Object> settings;
  final String name;
  String connectionState = "DISCONNECTED";

  CustomKeyStore(
      String id, String name, String type, Instant createdAt, Map<String, Object> settings) {
    this.id = id;
    this.name = name;
    this.type = type;
    this.createdAt = createdAt;
    this.settings = settings;
  }

  boolean isConnected() {
    return connectionState.equals("CONNECTED");
  }

  boolean isCloudHsm() {
    return type.equals("AWS_CLOUDHSM");
  }
}
