package io.github.kmsrotation.testkit.kms;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A key's state. Used under the embedded AWS's lock. */
final class KmsKey {

  static final int MOST_ON_DEMAND = 25;

  /** One rotation's worth of material. */
  record Material(String id, SecretKey key, Instant since, String rotationType) {}

  final String id;
  final String arn;
  final String region;
  final String accountId;
  final String spec;
  final String usage;
  final String origin;
  final boolean awsManaged;
  final boolean multiRegion;
  final Instant createdAt;
  final Map<String, String> tags = new TreeMap<>();
  final List<Material> materials = new ArrayList<>();
  String description;
  String state;
  Optional<Instant> deletionDate = Optional.empty();
  Optional<Instant> validTo = Optional.empty();
  Optional<Integer> rotationPeriod = Optional.empty();
  Optional<Instant> nextRotation = Optional.empty();
  Optional<Instant> onDemandSince = Optional.empty();

  KmsKey(
      String id,
      String region,
      String accountId,
      KeyForm form,
      boolean awsManaged,
      Instant createdAt) {
    this.id = id;
    this.region = region;
    this.accountId = accountId;
    this.arn = "arn:aws:kms:" + region + ":" + accountId + ":key/" + id;
    this.spec = form.spec();
    this.usage = form.usage();
    this.origin = form.origin();
    this.multiRegion = form.multiRegion();
    this.description = form.description();
    this.awsManaged = awsManaged;
    this.createdAt = createdAt;
    this.state = origin.equals("EXTERNAL") ? "PendingImport" : "Enabled";
    if (!origin.equals("EXTERNAL")) {
      addMaterial(createdAt, "");
    }
  }

  /** What a key is made as. */
  record KeyForm(
      String spec, String usage, String origin, boolean multiRegion, String description) {}

  boolean isSymmetric() {
    return spec.equals("SYMMETRIC_DEFAULT");
  }

  boolean isEnabled() {
    return state.equals("Enabled");
  }

  Material current() {
    return materials.get(materials.size() - 1);
  }

  void addMaterial(Instant at, String rotationType) {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    materials.add(new Material(sha256(bytes), new SecretKeySpec(bytes, "AES"), at, rotationType));
  }

  void schedule(int periodInDays, Instant now) {
    rotationPeriod = Optional.of(periodInDays);
    nextRotation = Optional.of(now.plus(Duration.ofDays(periodInDays)));
  }

  /** Rotates as often as the schedule says up to now. A disabled key rotates once enabled again. */
  void rotateWhatIsDue(Instant now) {
    while (isEnabled()
        && rotationPeriod.isPresent()
        && nextRotation.isPresent()
        && !nextRotation.get().isAfter(now)) {
      addMaterial(nextRotation.get(), "AUTOMATIC");
      nextRotation = Optional.of(nextRotation.get().plus(Duration.ofDays(rotationPeriod.get())));
    }
  }

  long onDemandRotations() {
    return materials.stream().filter(m -> m.rotationType().equals("ON_DEMAND")).count();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return arn + " " + state;
  }
}
