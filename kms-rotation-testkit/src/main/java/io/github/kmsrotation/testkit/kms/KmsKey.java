package io.github.kmsrotation.testkit.kms;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A key in a Region: all that related multi-Region keys do not share. Used under the lock. */
final class KmsKey {

  final KeyFamily family;
  final KeyForm form;
  final String id;
  final String arn;
  final String region;
  final String accountId;
  final boolean awsManaged;
  final Instant createdAt;
  final Imports imports = new Imports();
  final Map<String, String> tags = new TreeMap<>();
  final Map<String, Grant> grants = new TreeMap<>();
  String description = "";
  String policy;
  Optional<Instant> deletionDate = Optional.empty();
  Optional<Integer> deletionWindow = Optional.empty();
  Optional<CustomKeyStore> store = Optional.empty();
  Optional<String> xksKeyId = Optional.empty();
  Optional<LastUsage> lastUsage = Optional.empty();
  private KeyState state;

  /** What {@code GetKeyLastUsage} tells. */
  record LastUsage(String operation, Instant at, String eventId, String requestId) {}

  KmsKey(KeyFamily family, String region, String accountId, boolean awsManaged, Instant createdAt) {
    this.family = family;
    this.form = family.form;
    this.id = family.id;
    this.region = region;
    this.accountId = accountId;
    this.arn = "arn:aws:kms:" + region + ":" + accountId + ":key/" + id;
    this.policy = KeyPolicies.byDefault(accountId);
    this.awsManaged = awsManaged;
    this.createdAt = createdAt;
    this.state = form.isExternal() ? KeyState.PENDING_IMPORT : KeyState.ENABLED;
    family.join(this);
  }

  /** A key of a disconnected store is unavailable, whatever it will be once it is back. */
  KeyState state() {
    boolean cutOff = store.isPresent() && !store.get().isConnected();
    return cutOff && !state.isDeleting() ? KeyState.UNAVAILABLE : state;
  }

  void setState(KeyState state) {
    this.state = state;
  }

  boolean isPrimary() {
    return region.equals(family.primaryRegion);
  }

  /** Whether every material that belongs to this key for good is there. */
  boolean hasAllMaterial() {
    return !family.materials.isEmpty()
        && (!form.isExternal()
            || family.materials.stream().allMatch(material -> imports.has(material.id())));
  }

  /** Settles the state after material has come or gone. */
  void materialChanged() {
    if (state == KeyState.PENDING_IMPORT && hasAllMaterial()) {
      state = KeyState.ENABLED;
    } else if (!hasAllMaterial() && !state.isDeleting() && state != KeyState.CREATING) {
      state = KeyState.PENDING_IMPORT;
    }
  }

  @Override
  public String toString() {
    return arn + " " + state().wire();
  }
}
