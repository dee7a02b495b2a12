package io.github.kmsrotation.key;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything about a KMS key that rotation depends on. Immutable.
 *
 * @param arn the key
 * @param manager who manages it
 * @param origin where its material comes from
 * @param kind what it is for
 * @param spec its spec as AWS names it, for example {@code SYMMETRIC_DEFAULT}
 * @param usage its usage as AWS names it, for example {@code ENCRYPT_DECRYPT}
 * @param role its part in a set of multi-Region keys
 * @param state its state
 * @param schedule its automatic rotation, and an on-demand rotation in progress
 * @param history its rotations so far, oldest first
 * @param materialExpiresAt when imported material expires; empty if it does not
 * @param currentMaterialId the id of the material that encrypts now, if AWS tells
 */
public record KeyFacts(
    KeyArn arn,
    KeyManager manager,
    KeyOrigin origin,
    KeyKind kind,
    String spec,
    String usage,
    MultiRegionRole role,
    KeyState state,
    RotationSchedule schedule,
    List<KeyRotation> history,
    Optional<Instant> materialExpiresAt,
    Optional<String> currentMaterialId) {

  /**
   * The most on-demand rotations that a key can have.
   *
   * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html">
   *     RotateKeyOnDemand</a>
   */
  public static final int MOST_ON_DEMAND_ROTATIONS = 25;

  /** Copies the history. */
  public KeyFacts {
    Objects.requireNonNull(arn, "arn");
    Objects.requireNonNull(manager, "manager");
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(schedule, "schedule");
    history = List.copyOf(history);
  }

  /**
   * How many on-demand rotations the key can still have.
   *
   * @return 0 to {@link #MOST_ON_DEMAND_ROTATIONS}
   */
  public int onDemandRotationsLeft() {
    long used = history.stream().filter(KeyRotation::onDemand).count();
    return (int) Math.max(0, MOST_ON_DEMAND_ROTATIONS - used);
  }
}
