package io.github.kmsrotation.key;

import io.github.kmsrotation.key.RotationDecision.AutomaticRotation;
import io.github.kmsrotation.key.RotationDecision.ManualRotation;
import io.github.kmsrotation.key.RotationDecision.NotPossible;
import io.github.kmsrotation.key.RotationDecision.NothingToDo;
import io.github.kmsrotation.key.RotationDecision.OnDemandRotation;
import io.github.kmsrotation.key.RotationDecision.Rationale;
import java.util.Optional;

/**
 * Decides how a key is to be rotated: automatic rotation is preferred, manual rotation is chosen
 * only where automatic rotation is not supported or does not serve the reason. A pure function.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/data-protection-key-rotation.html">
 *     Key rotation for AWS KMS and scope of impact</a>
 */
public final class RotationPolicy {

  /** The longest period that a rule of "once a year" allows; AWS's own default, too. */
  static final int YEARLY = 365;

  private static final String GUIDE =
      "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/data-protection-key-rotation.html";
  private static final String KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/";
  private static final String ROTATE = KMS + "rotate-keys.html";
  private static final String MANUAL = KMS + "rotate-keys-manually.html";
  private static final String ON_DEMAND = KMS + "rotating-keys-on-demand.html";
  private static final String STATES = KMS + "key-state.html";
  private static final String IMPORTED = KMS + "importing-keys.html";
  private static final String CONCEPTS = KMS + "concepts.html";

  private RotationPolicy() {}

  /**
   * Decides; where a schedule is required, once a year is enough.
   *
   * @param key what is known about the key
   * @param reason why it is to be rotated
   * @return exactly one way
   */
  public static RotationDecision decide(KeyFacts key, RotationReason reason) {
    return decide(key, reason, Optional.empty());
  }

  /**
   * Decides.
   *
   * @param key what is known about the key
   * @param reason why it is to be rotated
   * @param periodInDays the period that automatic rotation has to have, to the day, 90 to 2560; if
   *     empty, any period of up to a year will do
   * @return exactly one way
   */
  public static RotationDecision decide(
      KeyFacts key, RotationReason reason, Optional<Integer> periodInDays) {
    return switch (key.manager()) {
      case AWS_OWNED -> ofAws(reason, "The key is owned by AWS, which rotates it.");
      case AWS_MANAGED ->
          ofAws(reason, "The key is managed by AWS, which rotates its material every year.");
      case CUSTOMER -> ofCustomer(key, reason, periodInDays);
    };
  }

  private static RotationDecision ofAws(RotationReason reason, String who) {
    return switch (reason) {
      case SCHEDULE_REQUIRED ->
          nothing(
              who
                  + " "
                  + RotationDecision.RE_ENCRYPTS_NOTHING
                  + " To leave the key, plan for the data under it, because of"
                  + " RotationReason.LEAVE_AWS_MANAGED_KEY.",
              GUIDE);
      case MATERIAL_EXPIRES ->
          nothing(who + " Only imported key material expires, and this is not.", GUIDE);
      case NEW_MATERIAL_REQUESTED ->
          notPossible(
              who + " Nobody else can rotate it.",
              "Wait for AWS, or move the data to a customer managed key:"
                  + " RotationReason.LEAVE_AWS_MANAGED_KEY.",
              ROTATE);
      case LEAVE_AWS_MANAGED_KEY ->
          manual(
              "The key of a resource that AWS's key encrypts cannot be changed in place: the data"
                  + " moves to a customer managed key.",
              GUIDE);
      case SUSPECTED_COMPROMISE ->
          manual(
              who
                  + " The customer can neither rotate nor disable it, so the data moves to a"
                  + " customer managed key.",
              CONCEPTS);
      case NEW_KEY_REQUESTED -> manual("A new key was asked for, so the data moves to it.", GUIDE);
    };
  }

  private static RotationDecision ofCustomer(
      KeyFacts key, RotationReason reason, Optional<Integer> periodInDays) {
    return switch (key.state()) {
      case ENABLED -> ofUsable(key, reason, periodInDays);
      case DISABLED -> notPossible("The key is disabled.", "Enable it, then plan again.", STATES);
      case PENDING_DELETION, PENDING_REPLICA_DELETION ->
          notPossible(
              "The key is going to be deleted, and with it everything that it encrypts.",
              "Cancel the deletion and enable the key, then plan again.",
              STATES);
      case PENDING_IMPORT ->
          notPossible(
              "The key has no key material: none was imported yet, or it has expired.",
              "Import the same material again (RotationPlanner.forKeyMaterial), then plan again.",
              IMPORTED);
      case UNAVAILABLE ->
          notPossible(
              "The key's key store is not connected.", "Connect it, then plan again.", STATES);
      case CREATING, UPDATING ->
          notPossible(
              "The key is being made or updated.",
              "Wait until it is enabled, then plan again.",
              STATES);
    };
  }

  private static RotationDecision ofUsable(
      KeyFacts key, RotationReason reason, Optional<Integer> periodInDays) {
    return switch (reason) {
      case LEAVE_AWS_MANAGED_KEY -> nothing("The key is a customer managed key already.", CONCEPTS);
      case SUSPECTED_COMPROMISE ->
          manual(
              "After a rotation of its material a key still decrypts what the former material"
                  + " encrypted, so whoever may use the key keeps access. Only a new key, with the"
                  + " data moved to it, ends that.",
              GUIDE);
      case NEW_KEY_REQUESTED -> manual("A new key was asked for, so the data moves to it.", MANUAL);
      case MATERIAL_EXPIRES -> ofExpiring(key);
      case NEW_MATERIAL_REQUESTED -> ofNewMaterial(key);
      case SCHEDULE_REQUIRED -> ofScheduled(key, periodInDays);
    };
  }

  private static RotationDecision ofExpiring(KeyFacts key) {
    if (key.origin() != KeyOrigin.EXTERNAL || key.materialExpiresAt().isEmpty()) {
      return nothing("The key's material does not expire.", IMPORTED);
    }
    return switch (key.kind()) {
      case SYMMETRIC_ENCRYPTION -> withNewMaterial(key);
      case ASYMMETRIC, HMAC ->
          manual(
              "The imported material of an asymmetric or HMAC key can never be replaced by other"
                  + " material. A new key is needed; importing the same material again with a"
                  + " later expiry only puts that off.",
              IMPORTED);
    };
  }

  private static RotationDecision ofNewMaterial(KeyFacts key) {
    return switch (key.kind()) {
      case ASYMMETRIC, HMAC -> cannotRotate();
      case SYMMETRIC_ENCRYPTION ->
          switch (key.origin()) {
            case AWS_KMS, EXTERNAL -> withNewMaterial(key);
            case AWS_CLOUDHSM, EXTERNAL_KEY_STORE -> cannotRotateInStore();
          };
    };
  }

  private static RotationDecision ofScheduled(KeyFacts key, Optional<Integer> periodInDays) {
    return switch (key.kind()) {
      case ASYMMETRIC, HMAC -> cannotRotate();
      case SYMMETRIC_ENCRYPTION ->
          switch (key.origin()) {
            case AWS_KMS -> automatic(key, periodInDays);
            case EXTERNAL -> withNewMaterial(key);
            case AWS_CLOUDHSM, EXTERNAL_KEY_STORE -> cannotRotateInStore();
          };
    };
  }

  private static RotationDecision cannotRotate() {
    return manual("AWS KMS cannot rotate the material of asymmetric and HMAC keys.", MANUAL);
  }

  private static RotationDecision cannotRotateInStore() {
    return manual("AWS KMS cannot rotate the material of keys in custom key stores.", MANUAL);
  }

  private static RotationDecision automatic(KeyFacts key, Optional<Integer> wanted) {
    return switch (key.role()) {
      case REPLICA -> onPrimary();
      case SINGLE_REGION, PRIMARY -> {
        int period = key.schedule().periodInDays().orElse(Integer.MAX_VALUE);
        boolean isWanted = wanted.map(days -> days == period).orElse(period <= YEARLY);
        yield isWanted
            ? nothing(
                "AWS KMS rotates the key every "
                    + period
                    + " days already. "
                    + RotationDecision.RE_ENCRYPTS_NOTHING,
                ROTATE)
            : new AutomaticRotation(
                wanted.orElse(YEARLY),
                new Rationale(
                    "AWS KMS made the key's material and can rotate it by itself, which is what AWS"
                        + " recommends where rotation is required. "
                        + RotationDecision.RE_ENCRYPTS_NOTHING,
                    GUIDE));
      }
    };
  }

  private static RotationDecision withNewMaterial(KeyFacts key) {
    return switch (key.role()) {
      case REPLICA -> onPrimary();
      case SINGLE_REGION, PRIMARY -> {
        if (key.schedule().onDemandSince().isPresent()) {
          yield nothing("An on-demand rotation of the key is in progress already.", ON_DEMAND);
        }
        yield key.onDemandRotationsLeft() > 0
            ? new OnDemandRotation(
                new Rationale(
                    (key.origin() == KeyOrigin.EXTERNAL
                            ? "AWS KMS cannot make new material for a key with imported material."
                                + " Import new material, then rotate on demand. "
                            : "AWS KMS makes new material when the key is rotated on demand. ")
                        + RotationDecision.RE_ENCRYPTS_NOTHING,
                    ON_DEMAND))
            : manual(
                "The key has had all of its "
                    + KeyFacts.MOST_ON_DEMAND_ROTATIONS
                    + " on-demand rotations.",
                ON_DEMAND);
      }
    };
  }

  private static RotationDecision onPrimary() {
    return notPossible(
        "The key is a replica of a multi-Region key; rotation is shared and set on the primary.",
        "Plan for the primary key, in its Region.",
        ROTATE);
  }

  private static NothingToDo nothing(String text, String document) {
    return new NothingToDo(new Rationale(text, document));
  }

  private static ManualRotation manual(String text, String document) {
    return new ManualRotation(new Rationale(text, document));
  }

  private static NotPossible notPossible(String text, String wayOut, String document) {
    return new NotPossible(new Rationale(text, document), wayOut);
  }
}
