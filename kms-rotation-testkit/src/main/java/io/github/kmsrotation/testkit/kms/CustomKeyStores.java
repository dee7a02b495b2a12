package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All custom key stores, by Region. Used under the embedded AWS's lock. */
final class CustomKeyStores {

  private final Map<String, Map<String, CustomKeyStore>> byRegion = new TreeMap<>();

  void add(String region, CustomKeyStore store) {
    of(region).put(store.id, store);
  }

  void remove(String region, CustomKeyStore store) {
    of(region).remove(store.id);
  }

  List<CustomKeyStore> in(String region) {
    return List.copyOf(of(region).values());
  }

  CustomKeyStore require(String region, String id) {
    return Optional.ofNullable(of(region).get(id)).orElseThrow(() -> notFound(id));
  }

  static AwsError notFound(String name) {
    return AwsError.badRequest(
        "CustomKeyStoreNotFoundException", "There is no custom key store " + name + ".");
  }

  static AwsError invalidState(CustomKeyStore store) {
    return AwsError.badRequest(
        "CustomKeyStoreInvalidStateException",
        "Custom key store " + store.id + " is " + store.connectionState + ".");
  }

  private Map<String, CustomKeyStore> of(String region) {
    return byRegion.computeIfAbsent(region, r -> new LinkedHashMap<>());
  }
}
