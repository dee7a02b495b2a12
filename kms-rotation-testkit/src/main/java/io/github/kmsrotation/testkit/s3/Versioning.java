package io.github.kmsrotation.testkit.s3;

/** The states of a bucket's versioning, of which the first does not come back. */
enum Versioning {
  NEVER,
  ENABLED,
  SUSPENDED;

  String wire() {
    return this == ENABLED ? "Enabled" : "Suspended";
  }
}
