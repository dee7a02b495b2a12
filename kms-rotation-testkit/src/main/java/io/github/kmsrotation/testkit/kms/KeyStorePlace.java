package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Params;
import java.util.Optional;

/**
 * Where a new key is to live, in a custom key store or not.
 *
 * @param store the store; empty for AWS KMS itself
 * @param xksKeyId the key of the external key manager
 */
record KeyStorePlace(Optional<CustomKeyStore> store, Optional<String> xksKeyId) {

  /** The place that {@code CreateKey} asks for, if a key of that form can be there. */
  static KeyStorePlace of(AwsRequest request, KeyForm form, KmsKeys keys, CustomKeyStores stores) {
    Params params = request.params();
    boolean external = form.origin().equals("EXTERNAL_KEY_STORE");
    if (external != params.has("XksKeyId")) {
      throw KmsRules.validation(
          "XksKeyId is for keys of origin EXTERNAL_KEY_STORE, which need it.");
    }
    if (form.isInCustomKeyStore() != params.has("CustomKeyStoreId")) {
      throw KmsRules.validation(
          "CustomKeyStoreId is for keys in custom key stores, which need it.");
    }
    if (!form.isInCustomKeyStore()) {
      return new KeyStorePlace(Optional.empty(), Optional.empty());
    }
    if (!form.isSymmetric() || form.multiRegion()) {
      throw KmsRules.unsupported(
          "Custom key stores hold single-Region symmetric encryption keys only.");
    }
    CustomKeyStore store = stores.require(request.region(), params.required("CustomKeyStoreId"));
    if (store.isCloudHsm() == external) {
      throw KmsRules.unsupported(
          "Origin " + form.origin() + " does not fit " + store.id + " of type " + store.type + ".");
    }
    if (!store.isConnected()) {
      throw CustomKeyStores.invalidState(store);
    }
    Optional<String> xksKeyId = params.text("XksKeyId");
    xksKeyId.ifPresent(id -> checkUnused(request, id, store, keys));
    return new KeyStorePlace(Optional.of(store), xksKeyId);
  }

  private static void checkUnused(
      AwsRequest request, String id, CustomKeyStore store, KmsKeys keys) {
    KmsRules.checkPattern("xksKeyId", id, "[a-zA-Z0-9-_.]{1,128}");
    boolean used =
        keys.in(request.region()).stream()
            .anyMatch(
                k -> k.store.equals(Optional.of(store)) && k.xksKeyId.equals(Optional.of(id)));
    if (used) {
      throw AwsError.badRequest(
          "XksKeyAlreadyInUseException", "External key " + id + " belongs to another KMS key.");
    }
  }
}
