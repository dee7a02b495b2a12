package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Custom key stores, without the cluster or the external key manager behind them: every
 * configuration of the right form is taken to work.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/key-store-overview.html">Custom
 *     key stores</a>
 */
final class CustomKeyStoreOperations {

  private static final int MOST_STORES = 10;
  private static final Duration CONNECTING_TAKES = Duration.ofMinutes(5);

  private final KmsKeys keys;
  private final CustomKeyStores stores;
  private final Timeline timeline;

  CustomKeyStoreOperations(KmsKeys keys, CustomKeyStores stores, Timeline timeline) {
    this.keys = keys;
    this.stores = stores;
    this.timeline = timeline;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateCustomKeyStore",
        Operation.write(
            this::create,
            "CustomKeyStoreName",
            "CustomKeyStoreType",
            "CloudHsmClusterId",
            "TrustAnchorCertificate",
            "KeyStorePassword",
            "XksProxyUriEndpoint",
            "XksProxyUriPath",
            "XksProxyConnectivity",
            "XksProxyAuthenticationCredential"));
    operations.put(
        "DescribeCustomKeyStores",
        Operation.read(
            this::describe, "CustomKeyStoreId", "CustomKeyStoreName", "Limit", "Marker"));
    operations.put("ConnectCustomKeyStore", Operation.write(this::connect, "CustomKeyStoreId"));
    operations.put(
        "DisconnectCustomKeyStore", Operation.write(this::disconnect, "CustomKeyStoreId"));
    operations.put("DeleteCustomKeyStore", Operation.write(this::delete, "CustomKeyStoreId"));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    String name = params.required("CustomKeyStoreName");
    KmsRules.checkLength("customKeyStoreName", name, 1, 256);
    String type = params.text("CustomKeyStoreType").orElse("AWS_CLOUDHSM");
    KmsRules.checkOneOf("customKeyStoreType", type, List.of("AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"));
    Map<String, Object> settings =
        type.equals("AWS_CLOUDHSM") ? cloudHsm(params) : externalProxy(params);
    checkUnused(stores.in(request.region()), name, settings);
    String id = "cks-" + UUID.randomUUID().toString().replace("-", "").substring(0, 17);
    stores.add(request.region(), new CustomKeyStore(id, name, type, timeline.now(), settings));
    return Map.of("CustomKeyStoreId", id);
  }

  private static Map<String, Object> cloudHsm(Params params) {
    String cluster = params.required("CloudHsmClusterId");
    KmsRules.checkPattern("cloudHsmClusterId", cluster, "cluster-[2-7a-zA-Z]{11,16}");
    KmsRules.checkLength("keyStorePassword", params.required("KeyStorePassword"), 7, 32);
    return Map.of(
        "CloudHsmClusterId",
        cluster,
        "TrustAnchorCertificate",
        params.required("TrustAnchorCertificate"));
  }

  private static Map<String, Object> externalProxy(Params params) {
    String connectivity = params.required("XksProxyConnectivity");
    if (!connectivity.equals("PUBLIC_ENDPOINT")) {
      throw AwsError.notModelled("XksProxyConnectivity " + connectivity);
    }
    String endpoint = params.required("XksProxyUriEndpoint");
    KmsRules.checkPattern("xksProxyUriEndpoint", endpoint, "https://[a-zA-Z0-9.-]+");
    String path = params.required("XksProxyUriPath");
    KmsRules.checkPattern("xksProxyUriPath", path, "(/[a-zA-Z0-9/_-]+)?/kms/xks/v\\d{1,2}");
    Params credential =
        params
            .structure("XksProxyAuthenticationCredential")
            .orElseThrow(
                () -> KmsRules.validation("XksProxyAuthenticationCredential must be provided."));
    String accessKeyId = credential.required("AccessKeyId");
    KmsRules.checkPattern("accessKeyId", accessKeyId, "[A-Z2-7]{20,30}");
    KmsRules.checkPattern(
        "rawSecretAccessKey", credential.required("RawSecretAccessKey"), "[a-zA-Z0-9/+=]{43,64}");
    return Map.of(
        "XksProxyConfiguration",
        Map.of(
            "Connectivity", connectivity,
            "AccessKeyId", accessKeyId,
            "UriEndpoint", endpoint,
            "UriPath", path));
  }

  private static void checkUnused(
      List<CustomKeyStore> others, String name, Map<String, Object> settings) {
    if (others.size() >= MOST_STORES) {
      throw AwsError.badRequest(
          "LimitExceededException", "There are " + MOST_STORES + " custom key stores already.");
    }
    for (CustomKeyStore other : others) {
      if (other.name.equals(name)) {
        throw AwsError.badRequest("CustomKeyStoreNameInUseException", name + " is in use.");
      }
      if (settings.containsKey("CloudHsmClusterId")
          && settings.get("CloudHsmClusterId").equals(other.settings.get("CloudHsmClusterId"))) {
        throw AwsError.badRequest(
            "CloudHsmClusterInUseException", "The cluster belongs to " + other.id + ".");
      }
      if (settings.equals(other.settings)) {
        throw AwsError.badRequest(
            "XksProxyUriInUseException", "The proxy belongs to " + other.id + ".");
      }
    }
  }

  private Map<String, Object> describe(AwsRequest request) {
    Optional<String> id = request.params().text("CustomKeyStoreId");
    Optional<String> name = request.params().text("CustomKeyStoreName");
    List<Map<String, Object>> entries =
        stores.in(request.region()).stream()
            .filter(store -> id.map(store.id::equals).orElse(true))
            .filter(store -> name.map(store.name::equals).orElse(true))
            .map(CustomKeyStoreOperations::entry)
            .toList();
    Optional<String> wanted = id.or(() -> name);
    if (entries.isEmpty() && wanted.isPresent()) {
      throw CustomKeyStores.notFound(wanted.get());
    }
    return KmsRules.page(request.params(), "CustomKeyStores", entries);
  }

  private static Map<String, Object> entry(CustomKeyStore store) {
    Map<String, Object> entry = new LinkedHashMap<>(store.settings);
    entry.put("CustomKeyStoreId", store.id);
    entry.put("CustomKeyStoreName", store.name);
    entry.put("CustomKeyStoreType", store.type);
    entry.put("ConnectionState", store.connectionState);
    entry.put("CreationDate", KmsRules.seconds(store.createdAt));
    return entry;
  }

  private CustomKeyStore store(AwsRequest request) {
    return stores.require(request.region(), request.params().required("CustomKeyStoreId"));
  }

  private Map<String, Object> connect(AwsRequest request) {
    CustomKeyStore store = store(request);
    if (store.connectionState.equals("DISCONNECTED")) {
      store.connectionState = "CONNECTING";
      timeline.after(
          CONNECTING_TAKES,
          () -> {
            if (store.connectionState.equals("CONNECTING")) {
              store.connectionState = "CONNECTED";
            }
          });
    }
    return Map.of();
  }

  private Map<String, Object> disconnect(AwsRequest request) {
    CustomKeyStore store = store(request);
    if (store.connectionState.equals("DISCONNECTED")) {
      throw CustomKeyStores.invalidState(store);
    }
    store.connectionState = "DISCONNECTED";
    return Map.of();
  }

  private Map<String, Object> delete(AwsRequest request) {
    CustomKeyStore store = store(request);
    if (!store.connectionState.equals("DISCONNECTED")) {
      throw CustomKeyStores.invalidState(store);
    }
    boolean hasKeys =
        keys.in(request.region()).stream().anyMatch(k -> k.store.equals(Optional.of(store)));
    if (hasKeys) {
      throw AwsError.badRequest("CustomKeyStoreHasCMKsException", store.id + " has KMS keys.");
    }
    stores.remove(request.region(), store);
    return Map.of();
  }
}
