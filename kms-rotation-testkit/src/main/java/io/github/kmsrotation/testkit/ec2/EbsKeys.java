package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.kms.KmsService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which key encrypts what, by Region, and whether EBS can use it. AWS looks at the key only after
 * it took a call.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html">Encryption
 *     outcomes</a>
 */
final class EbsKeys {

  static final String AWS_MANAGED = "alias/aws/ebs";

  private final KmsService kms;
  private final Set<String> onByDefault = new HashSet<>();
  private final Map<String, String> defaultKeys = new HashMap<>();
  private final Set<String> denied = new HashSet<>();
  private boolean keepsKeysOfVolumeCopies;

  EbsKeys(KmsService kms) {
    this.kms = kms;
  }

  boolean isOnByDefault(String region) {
    return onByDefault.contains(region);
  }

  void setOnByDefault(String region, boolean isOn) {
    if (isOn) {
      onByDefault.add(region);
    } else {
      onByDefault.remove(region);
    }
  }

  /** What the account's default key is called: the AWS managed key goes by its alias. */
  String defaultKey(String region) {
    return defaultKeys.getOrDefault(region, AWS_MANAGED);
  }

  void setDefaultKey(String region, String arn) {
    defaultKeys.put(region, arn);
  }

  void resetDefaultKey(String region) {
    defaultKeys.remove(region);
  }

  /** The ARN of a key, or what was given if there is none. */
  String arn(String region, String name) {
    return kms.usability(region, name).arn();
  }

  void keepKeysOfVolumeCopies() {
    keepsKeysOfVolumeCopies = true;
  }

  void deny(String arn) {
    denied.add(arn);
  }

  /** Whether a new data key can be had now; none is needed for what is not encrypted. */
  boolean canSeal(String region, Encryption encryption) {
    return uses(region, encryption, "GenerateDataKeyWithoutPlaintext");
  }

  /** Whether a data key can be decrypted now. */
  boolean canOpen(String region, Encryption encryption) {
    return uses(region, encryption, "Decrypt");
  }

  private boolean uses(String region, Encryption encryption, String operation) {
    if (encryption.key().isEmpty()) {
      return true;
    }
    String key = encryption.key().get();
    if (denied.contains(key) || kms.usability(region, key).problem().isPresent()) {
      return false;
    }
    kms.used(region, key, operation);
    return true;
  }

  /** EC2 lets the instance decrypt the data key of a volume, as long as that is attached. */
  void grant(String accountId, Volume volume, Attachment attachment) {
    attachment.grantId =
        volume
            .encryption
            .key()
            .flatMap(
                key ->
                    kms.grant(
                        volume.region,
                        key,
                        "arn:aws:sts::%s:assumed-role/aws:ec2-infrastructure/%s"
                            .formatted(accountId, attachment.instanceId),
                        List.of("Decrypt"),
                        Map.of("aws:ebs:id", volume.id)));
  }

  void retire(Volume volume, Attachment attachment) {
    attachment.grantId.ifPresent(
        id -> kms.retire(volume.region, volume.encryption.key().orElseThrow(), id));
  }

  /** A new volume: the key asked for, that of the snapshot, the default key, or none. */
  Encryption ofVolume(String region, Params params, Optional<Encryption> source) {
    Optional<Encryption> asked = asked(region, params, source);
    if (asked.isPresent()) {
      return asked.get();
    }
    if (source.isPresent() && source.get().isOn()) {
      return source.get();
    }
    return byDefault(region, params);
  }

  /** A copy of a snapshot: the key asked for, the default key, or none. Never the source's. */
  Encryption ofCopy(String region, Params params, Encryption source) {
    return asked(region, params, Optional.of(source))
        .orElseGet(
            () ->
                source.isOn()
                    ? sameOrNew(arn(region, defaultKey(region)), Optional.of(source))
                    : byDefault(region, params));
  }

  /**
   * A copy of a volume: the key asked for, the default key if encryption is asked for without one,
   * else as the source is.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyVolumes.html">CopyVolumes</a>
   * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copying-volume.html">Copy an
   *     Amazon EBS volume</a>
   */
  Encryption ofVolumeCopy(String region, Params params, Encryption source) {
    if (keepsKeysOfVolumeCopies && source.isOn()) {
      return source;
    }
    boolean isSaid = params.has("KmsKeyId") || !params.truth("Encrypted").orElse(false);
    return isSaid
        ? ofVolume(region, params, Optional.of(source))
        : sameOrNew(arn(region, defaultKey(region)), Optional.of(source));
  }

  private Optional<Encryption> asked(String region, Params params, Optional<Encryption> source) {
    Optional<String> name = params.text("KmsKeyId");
    if (name.isPresent() && !params.truth("Encrypted").orElse(false)) {
      throw AwsError.badRequest(
          "InvalidParameterDependency",
          "The parameter KmsKeyId requires the parameter Encrypted to be set.");
    }
    return name.map(n -> sameOrNew(arn(region, n), source));
  }

  private static Encryption sameOrNew(String arn, Optional<Encryption> source) {
    return source
        .filter(encryption -> encryption.key().equals(Optional.of(arn)))
        .orElseGet(() -> Encryption.under(arn));
  }

  private Encryption byDefault(String region, Params params) {
    return params.truth("Encrypted").orElse(false) || isOnByDefault(region)
        ? Encryption.under(arn(region, defaultKey(region)))
        : Encryption.NONE;
  }
}
