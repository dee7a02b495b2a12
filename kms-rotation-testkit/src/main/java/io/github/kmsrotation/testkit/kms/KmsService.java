package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.JsonProtocol;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.WireProtocol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The embedded AWS KMS. Used under the embedded AWS's lock. */
public final class KmsService implements AwsService {

  private final WireProtocol protocol = new JsonProtocol("TrentService");
  private final KmsKeys keys;
  private final KeyUse use;
  private final GrantOperations grants;
  private final Map<String, Operation> operations = new LinkedHashMap<>();
  private final DataKeys dataKeys;

  /**
   * @param accountId the account of all keys
   * @param timeline what happens later
   * @param requestQuotas whether requests beyond AWS's quotas are throttled
   */
  public KmsService(String accountId, Timeline timeline, boolean requestQuotas) {
    this.keys = new KmsKeys(accountId, timeline);
    this.use = new KeyUse(keys, timeline);
    this.grants = new GrantOperations(keys, timeline);
    this.dataKeys = new DataKeys(keys, timeline);
    CustomKeyStores stores = new CustomKeyStores();
    new KeyOperations(keys, stores).define(operations);
    new CustomKeyStoreOperations(keys, stores, timeline).define(operations);
    new DeletionOperations(keys, timeline).define(operations);
    new PolicyOperations(keys).define(operations);
    new TagOperations(keys).define(operations);
    new AliasOperations(keys).define(operations);
    grants.define(operations);
    new RotationOperations(keys, timeline).define(operations);
    new ImportOperations(keys, timeline).define(operations);
    new ReplicaOperations(keys, timeline).define(operations);
    new EncryptionOperations(keys, timeline).define(operations);
    new DataKeyOperations(keys, timeline).define(operations);
    new SigningOperations(keys, timeline).define(operations);
    new MacOperations(keys, timeline).define(operations);
    new UsageOperations(keys).define(operations);
    if (requestQuotas) {
      operations.replaceAll(new RequestQuotas(timeline)::limited);
    }
  }

  @Override
  public String name() {
    return "kms";
  }

  @Override
  public WireProtocol protocol() {
    return protocol;
  }

  @Override
  public Map<String, Operation> operations() {
    return operations;
  }

  /**
   * Data keys for services that encrypt under KMS keys.
   *
   * @return data keys
   */
  public DataKeys dataKeys() {
    return dataKeys;
  }

  /**
   * What a service that encrypts with a key needs to know of it.
   *
   * @param arn the key's ARN
   * @param problem why it cannot encrypt; empty if it can
   */
  public record Usability(String arn, Optional<String> problem) {}

  /**
   * Whether a service can encrypt with a key.
   *
   * @param region the service's Region
   * @param name the key, by id, ARN or alias
   * @return its ARN, and what is the matter with it
   */
  public Usability usability(String region, String name) {
    Optional<KmsKey> found;
    try {
      found = keys.find(region, name);
    } catch (AwsError e) {
      return new Usability(name, Optional.of(e.text()));
    }
    if (found.isEmpty()) {
      return new Usability(name, Optional.of("it does not exist"));
    }
    KmsKey key = found.get();
    if (!key.form.isSymmetric()) {
      return new Usability(key.arn, Optional.of("it is not a symmetric encryption key"));
    }
    return new Usability(
        key.arn,
        key.state().isUsable()
            ? Optional.empty()
            : Optional.of("its state is " + key.state().wire()));
  }

  /**
   * Has a service use a key, so that {@code GetKeyLastUsage} tells of it.
   *
   * @param region the service's Region
   * @param arn a key that is usable
   * @param operation what the service calls, for example {@code Decrypt}
   */
  public void used(String region, String arn, String operation) {
    keys.find(region, arn).ifPresent(key -> use.record(key, operation));
  }

  /**
   * Has a service grant a principal the use of a key.
   *
   * @param region the service's Region
   * @param arn a key that is usable
   * @param grantee the ARN of the principal
   * @param operations what it may do
   * @param context what the encryption context has to hold
   * @return the grant's id; empty if there is no such key
   */
  public Optional<String> grant(
      String region,
      String arn,
      String grantee,
      List<String> operations,
      Map<String, String> context) {
    Map<String, Object> asked =
        Map.of(
            "GranteePrincipal", grantee, "Constraints", Map.of("EncryptionContextSubset", context));
    return keys.find(region, arn).map(key -> grants.add(key, operations, asked).id());
  }

  /**
   * Has a service retire a grant; harmless if it or its key is gone.
   *
   * @param region the service's Region
   * @param arn the key
   * @param grantId the grant
   */
  public void retire(String region, String arn, String grantId) {
    keys.find(region, arn).ifPresent(key -> key.grants.remove(grantId));
  }
}
