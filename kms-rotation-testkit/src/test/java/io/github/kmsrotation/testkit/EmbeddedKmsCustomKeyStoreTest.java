package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.CloudHsmClusterInUseException;
import software.amazon.awssdk.services.kms.model.ConnectionStateType;
import software.amazon.awssdk.services.kms.model.CustomKeyStoreHasCmKsException;
import software.amazon.awssdk.services.kms.model.CustomKeyStoreInvalidStateException;
import software.amazon.awssdk.services.kms.model.CustomKeyStoreNameInUseException;
import software.amazon.awssdk.services.kms.model.CustomKeyStoreNotFoundException;
import software.amazon.awssdk.services.kms.model.CustomKeyStoresListEntry;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.UnsupportedOperationException;
import software.amazon.awssdk.services.kms.model.XksKeyAlreadyInUseException;

class EmbeddedKmsCustomKeyStoreTest extends KmsFixture {

  private String cloudHsm(String name, String cluster) {
    return kms.createCustomKeyStore(
            r ->
                r.customKeyStoreName(name)
                    .cloudHsmClusterId(cluster)
                    .trustAnchorCertificate("certificate")
                    .keyStorePassword("hunter22"))
        .customKeyStoreId();
  }

  private String external() {
    return kms.createCustomKeyStore(
            r ->
                r.customKeyStoreName("external")
                    .customKeyStoreType("EXTERNAL_KEY_STORE")
                    .xksProxyConnectivity("PUBLIC_ENDPOINT")
                    .xksProxyUriEndpoint("https://proxy.example.com")
                    .xksProxyUriPath("/kms/xks/v1")
                    .xksProxyAuthenticationCredential(
                        c -> c.accessKeyId("A".repeat(20)).rawSecretAccessKey("b".repeat(43))))
        .customKeyStoreId();
  }

  private void connect(String store) {
    kms.connectCustomKeyStore(r -> r.customKeyStoreId(store));
    aws.clock().advance(Duration.ofMinutes(20));
  }

  private String keyIn(String store) {
    return kms.createKey(r -> r.origin("AWS_CLOUDHSM").customKeyStoreId(store)).keyMetadata().arn();
  }

  private CustomKeyStoresListEntry describeStore(String store) {
    return kms.describeCustomKeyStores(r -> r.customKeyStoreId(store)).customKeyStores().get(0);
  }

  @Test
  void connectCustomKeyStore_takesItsTime() {
    String store = cloudHsm("hsm", "cluster-2a34b5cdefg");
    assertThat(describeStore(store).connectionState()).isEqualTo(ConnectionStateType.DISCONNECTED);
    assertThatThrownBy(() -> keyIn(store)).isInstanceOf(CustomKeyStoreInvalidStateException.class);

    kms.connectCustomKeyStore(r -> r.customKeyStoreId(store));
    assertThat(describeStore(store).connectionState()).isEqualTo(ConnectionStateType.CONNECTING);
    aws.clock().advance(Duration.ofMinutes(20));

    assertThat(describeStore(store).connectionState()).isEqualTo(ConnectionStateType.CONNECTED);
    assertThat(describeStore(store).cloudHsmClusterId()).startsWith("cluster-");
  }

  @Test
  void key_isUnavailableWhileItsStoreIsDisconnected_andComesBackAsItWasSet() {
    String store = cloudHsm("hsm", "cluster-aaaaaaaaaaa");
    connect(store);
    String key = keyIn(store);
    SdkBytes ciphertext = encrypt(key);
    assertThat(describe(key).customKeyStoreId()).isEqualTo(store);
    assertThat(describe(key).currentKeyMaterialId()).isNull();

    kms.disconnectCustomKeyStore(r -> r.customKeyStoreId(store));
    assertThat(describe(key).keyState()).isEqualTo(KeyState.UNAVAILABLE);
    assertThatThrownBy(() -> decrypt(ciphertext))
        .isInstanceOf(KmsInvalidStateException.class)
        .hasMessageContaining("is unavailable.");
    kms.disableKey(r -> r.keyId(key));
    assertThat(describe(key).keyState()).isEqualTo(KeyState.UNAVAILABLE);

    connect(store);
    assertThat(describe(key).keyState()).isEqualTo(KeyState.DISABLED);
    kms.enableKey(r -> r.keyId(key));
    assertThat(decrypt(ciphertext)).isEqualTo(SECRET);
  }

  @Test
  void keyOfACustomKeyStore_hasNoRotation() {
    String store = cloudHsm("hsm", "cluster-aaaaaaaaaaa");
    connect(store);
    String key = keyIn(store);

    assertThatThrownBy(() -> kms.rotateKeyOnDemand(r -> r.keyId(key)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> kms.getKeyRotationStatus(r -> r.keyId(key)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> kms.listKeyRotations(r -> r.keyId(key)))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void externalKeyStore_hasOneKmsKeyPerExternalKey() {
    String store = external();
    connect(store);
    String key =
        kms.createKey(r -> r.origin("EXTERNAL_KEY_STORE").customKeyStoreId(store).xksKeyId("key-1"))
            .keyMetadata()
            .arn();

    assertThat(describe(key).xksKeyConfiguration().id()).isEqualTo("key-1");
    assertThat(decrypt(encrypt(key))).isEqualTo(SECRET);
    assertThat(describeStore(store).toString()).doesNotContain("bbbb");
    assertThatThrownBy(
            () ->
                kms.createKey(
                    r -> r.origin("EXTERNAL_KEY_STORE").customKeyStoreId(store).xksKeyId("key-1")))
        .isInstanceOf(XksKeyAlreadyInUseException.class);
    assertThatThrownBy(
            () -> kms.createKey(r -> r.origin("EXTERNAL_KEY_STORE").customKeyStoreId(store)))
        .isInstanceOf(KmsException.class);
    assertThatThrownBy(() -> keyIn(store)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void customKeyStore_thatClashesOrIsInUse_isRefused() {
    String store = cloudHsm("hsm", "cluster-aaaaaaaaaaa");
    assertThatThrownBy(() -> cloudHsm("hsm", "cluster-bbbbbbbbbbb"))
        .isInstanceOf(CustomKeyStoreNameInUseException.class);
    assertThatThrownBy(() -> cloudHsm("other", "cluster-aaaaaaaaaaa"))
        .isInstanceOf(CloudHsmClusterInUseException.class);
    assertThatThrownBy(() -> kms.disconnectCustomKeyStore(r -> r.customKeyStoreId(store)))
        .isInstanceOf(CustomKeyStoreInvalidStateException.class);

    connect(store);
    keyIn(store);
    assertThatThrownBy(() -> kms.deleteCustomKeyStore(r -> r.customKeyStoreId(store)))
        .isInstanceOf(CustomKeyStoreInvalidStateException.class);
    kms.disconnectCustomKeyStore(r -> r.customKeyStoreId(store));
    assertThatThrownBy(() -> kms.deleteCustomKeyStore(r -> r.customKeyStoreId(store)))
        .isInstanceOf(CustomKeyStoreHasCmKsException.class);
    assertThatThrownBy(() -> describeStore("cks-none"))
        .isInstanceOf(CustomKeyStoreNotFoundException.class);
  }
}
