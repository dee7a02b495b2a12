package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.NotFoundException;

class EmbeddedKmsDeletionTest extends KmsFixture {

  private static final String ROLE = "arn:aws:iam::111122223333:role/app";

  private final String key = kms.createKey().keyMetadata().arn();
  private final String other = kms.createKey().keyMetadata().arn();

  @Test
  void scheduleKeyDeletion_takesAWaitingPeriodOfSevenToThirtyDays() {
    for (int days : new int[] {6, 31}) {
      assertThatThrownBy(() -> kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(days)))
          .isInstanceOf(KmsException.class)
          .hasMessageContaining("between 7 and 30");
    }

    assertThat(kms.scheduleKeyDeletion(r -> r.keyId(key)).deletionDate())
        .isEqualTo(aws.clock().instant().plus(Duration.ofDays(30)));
    assertThat(describe(key).deletionDate()).isNotNull();
  }

  @Test
  void cancelKeyDeletion_leavesTheKeyDisabled_andItsDateNoLongerCounts() {
    SdkBytes ciphertext = encrypt(key);
    kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
    kms.cancelKeyDeletion(r -> r.keyId(key));
    assertThat(describe(key).keyState()).isEqualTo(KeyState.DISABLED);
    assertThatThrownBy(() -> kms.cancelKeyDeletion(r -> r.keyId(key)))
        .isInstanceOf(KmsInvalidStateException.class)
        .hasMessageContaining("is not pending deletion.");

    aws.clock().advance(Duration.ofDays(8));
    kms.enableKey(r -> r.keyId(key));

    assertThat(decrypt(ciphertext)).isEqualTo(SECRET);
  }

  @Test
  void deletion_takesAliasesAlong() {
    kms.createAlias(r -> r.aliasName("alias/a").targetKeyId(key));
    kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
    aws.clock().advance(Duration.ofDays(7));

    assertThatThrownBy(() -> describe("alias/a")).isInstanceOf(NotFoundException.class);
    assertThat(kms.listAliases().aliases()).isEmpty();
  }

  @Test
  void keyPendingDeletion_refusesAllThatUsesOrChangesIt() {
    SdkBytes ciphertext = encrypt(key);
    SdkBytes foreign = encrypt(other);
    kms.createAlias(r -> r.aliasName("alias/a").targetKeyId(other));
    kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("Encrypt", () -> encrypt(key));
    calls.put("Decrypt", () -> decrypt(ciphertext));
    calls.put(
        "ReEncrypt from",
        () -> kms.reEncrypt(r -> r.ciphertextBlob(ciphertext).destinationKeyId(other)));
    calls.put(
        "ReEncrypt to", () -> kms.reEncrypt(r -> r.ciphertextBlob(foreign).destinationKeyId(key)));
    calls.put("GenerateDataKey", () -> kms.generateDataKey(r -> r.keyId(key).keySpec("AES_256")));
    calls.put(
        "GenerateDataKeyWithoutPlaintext",
        () -> kms.generateDataKeyWithoutPlaintext(r -> r.keyId(key).keySpec("AES_256")));
    calls.put("EnableKey", () -> kms.enableKey(r -> r.keyId(key)));
    calls.put("DisableKey", () -> kms.disableKey(r -> r.keyId(key)));
    calls.put("EnableKeyRotation", () -> kms.enableKeyRotation(r -> r.keyId(key)));
    calls.put("DisableKeyRotation", () -> kms.disableKeyRotation(r -> r.keyId(key)));
    calls.put("RotateKeyOnDemand", () -> kms.rotateKeyOnDemand(r -> r.keyId(key)));
    calls.put("ScheduleKeyDeletion", () -> kms.scheduleKeyDeletion(r -> r.keyId(key)));
    calls.put(
        "CreateGrant",
        () ->
            kms.createGrant(
                r -> r.keyId(key).granteePrincipal(ROLE).operations(GrantOperation.DECRYPT)));
    calls.put("CreateAlias", () -> kms.createAlias(r -> r.aliasName("alias/b").targetKeyId(key)));
    calls.put("UpdateAlias", () -> kms.updateAlias(r -> r.aliasName("alias/a").targetKeyId(key)));

    calls.forEach(
        (name, call) ->
            assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(KmsInvalidStateException.class)
                .hasMessageContaining("is pending deletion."));
  }

  @Test
  void keyPendingDeletion_canBeReadAndLosesItsAliases() {
    kms.createAlias(r -> r.aliasName("alias/a").targetKeyId(key));
    kms.enableKeyRotation(r -> r.keyId(key));
    kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));

    assertThat(kms.getKeyPolicy(r -> r.keyId(key)).policy()).isNotEmpty();
    assertThat(kms.listGrants(r -> r.keyId(key)).grants()).isEmpty();
    assertThat(kms.getKeyRotationStatus(r -> r.keyId(key)).keyRotationEnabled()).isFalse();
    kms.updateAlias(r -> r.aliasName("alias/a").targetKeyId(other));
    assertThat(describe("alias/a").arn()).isEqualTo(other);
    kms.cancelKeyDeletion(r -> r.keyId(key));
    assertThat(kms.getKeyRotationStatus(r -> r.keyId(key)).keyRotationEnabled()).isTrue();
  }
}
