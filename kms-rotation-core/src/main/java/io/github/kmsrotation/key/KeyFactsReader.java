package io.github.kmsrotation.key;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.error.UnknownKeyException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GetKeyRotationStatusResponse;
import software.amazon.awssdk.services.kms.model.InvalidArnException;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.MultiRegionKeyType;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.RotationType;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/**
 * Reads what is known about a key: {@code DescribeKey}, and where AWS answers it {@code
 * GetKeyRotationStatus} and {@code ListKeyRotations}. Changes nothing. Safe for use by several
 * threads.
 */
public final class KeyFactsReader {

  private final KmsClient kms;
  private final AwsReader calls;

  /**
   * @param kms a client for the Region of the keys; it is not closed
   * @param calls makes the calls
   */
  public KeyFactsReader(KmsClient kms, AwsReader calls) {
    this.kms = kms;
    this.calls = calls;
  }

  /**
   * Reads.
   *
   * @param key a key ARN, key id, alias name or alias ARN
   * @return the facts, with the key's ARN resolved
   * @throws UnknownKeyException if there is no such key in the client's account and Region
   * @throws io.github.kmsrotation.error.MissingPermissionException if AWS denied a call
   * @throws UnexpectedAnswerException if AWS describes a sort of key that this version does not
   *     know
   */
  public KeyFacts read(String key) {
    KeyMetadata metadata = describe(key);
    boolean rotates = canTellRotations(metadata);
    RotationSchedule schedule = rotates ? schedule(metadata.arn()) : RotationSchedule.none();
    List<KeyRotation> history = rotates ? history(metadata.arn()) : List.of();
    return new KeyFacts(
        new KeyArn(metadata.arn()),
        manager(metadata),
        known(KeyOrigin.class, metadata.originAsString(), metadata),
        kind(metadata),
        metadata.keySpecAsString(),
        metadata.keyUsageAsString(),
        role(metadata),
        state(metadata),
        schedule,
        history,
        Optional.ofNullable(metadata.validTo()),
        Optional.ofNullable(metadata.currentKeyMaterialId()));
  }

  private KeyMetadata describe(String key) {
    try {
      return calls.read("kms:DescribeKey", () -> kms.describeKey(r -> r.keyId(key))).keyMetadata();
    } catch (NotFoundException | InvalidArnException e) {
      throw new UnknownKeyException(
          "There is no KMS key '"
              + key
              + "' in "
              + kms.serviceClientConfiguration().region()
              + " in the account of the client. Check the name (that of an alias begins with"
              + " alias/), the Region and the account; a key of another account needs its ARN.",
          e);
    }
  }

  /** Custom key stores, other kinds of keys and keys without material have no rotation to tell. */
  private static boolean canTellRotations(KeyMetadata metadata) {
    KeyState state = state(metadata);
    return manager(metadata) == KeyManager.CUSTOMER
        && kind(metadata) == KeyKind.SYMMETRIC_ENCRYPTION
        && metadata.customKeyStoreId() == null
        && (state == KeyState.ENABLED || state == KeyState.DISABLED);
  }

  private RotationSchedule schedule(String arn) {
    GetKeyRotationStatusResponse status =
        calls.read("kms:GetKeyRotationStatus", () -> kms.getKeyRotationStatus(r -> r.keyId(arn)));
    boolean enabled = Boolean.TRUE.equals(status.keyRotationEnabled());
    return new RotationSchedule(
        enabled ? Optional.ofNullable(status.rotationPeriodInDays()) : Optional.empty(),
        enabled ? Optional.ofNullable(status.nextRotationDate()) : Optional.empty(),
        Optional.ofNullable(status.onDemandRotationStartDate()));
  }

  private List<KeyRotation> history(String arn) {
    List<RotationsListEntry> entries =
        calls.read(
            "kms:ListKeyRotations",
            () -> kms.listKeyRotationsPaginator(r -> r.keyId(arn)).rotations().stream().toList());
    List<KeyRotation> history = new ArrayList<>();
    for (RotationsListEntry entry : entries) {
      Instant at = entry.rotationDate();
      if (at != null) {
        history.add(new KeyRotation(at, entry.rotationType() == RotationType.ON_DEMAND));
      }
    }
    return history;
  }

  private static KeyManager manager(KeyMetadata metadata) {
    return switch (metadata.keyManagerAsString()) {
      case "AWS" -> KeyManager.AWS_MANAGED;
      case "CUSTOMER" -> KeyManager.CUSTOMER;
      default -> throw unknown("manager", metadata.keyManagerAsString(), metadata);
    };
  }

  private static KeyKind kind(KeyMetadata metadata) {
    String spec = metadata.keySpecAsString();
    if (spec.equals("SYMMETRIC_DEFAULT")) {
      return KeyKind.SYMMETRIC_ENCRYPTION;
    }
    if (spec.startsWith("HMAC_")) {
      return KeyKind.HMAC;
    }
    if (spec.startsWith("RSA_")
        || spec.startsWith("ECC_")
        || spec.startsWith("ML_DSA_")
        || spec.startsWith("ML_KEM_")
        || spec.equals("SM2")) {
      return KeyKind.ASYMMETRIC;
    }
    throw unknown("spec", spec, metadata);
  }

  private static MultiRegionRole role(KeyMetadata metadata) {
    if (!Boolean.TRUE.equals(metadata.multiRegion())) {
      return MultiRegionRole.SINGLE_REGION;
    }
    return metadata.multiRegionConfiguration().multiRegionKeyType() == MultiRegionKeyType.REPLICA
        ? MultiRegionRole.REPLICA
        : MultiRegionRole.PRIMARY;
  }

  private static KeyState state(KeyMetadata metadata) {
    String state = metadata.keyStateAsString().replaceAll("(?<=[a-z])(?=[A-Z])", "_");
    return known(KeyState.class, state.toUpperCase(java.util.Locale.ROOT), metadata);
  }

  private static <E extends Enum<E>> E known(Class<E> type, String value, KeyMetadata metadata) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(value)) {
        return constant;
      }
    }
    throw unknown(type.getSimpleName(), value, metadata);
  }

  private static UnexpectedAnswerException unknown(
      String what, String value, KeyMetadata metadata) {
    return new UnexpectedAnswerException(
        "KMS key "
            + metadata.arn()
            + " has the "
            + what
            + " '"
            + value
            + "', which this version of kms-rotation does not know. Use a newer version.");
  }
}
