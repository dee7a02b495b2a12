package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.JsonProtocol;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.WireProtocol;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The embedded AWS KMS. Used under the embedded AWS's lock. */
public final class KmsService implements AwsService {

  private final WireProtocol protocol = new JsonProtocol("TrentService");
  private final KmsKeys keys;
  private final Map<String, Operation> operations = new LinkedHashMap<>();
  private final DataKeys dataKeys;

  /**
   * @param accountId the account of all keys
   * @param timeline what happens later
   */
  public KmsService(String accountId, Timeline timeline) {
    this.keys = new KmsKeys(accountId, timeline);
    this.dataKeys = new DataKeys(keys, timeline);
    CustomKeyStores stores = new CustomKeyStores();
    new KeyOperations(keys, stores).define(operations);
    new CustomKeyStoreOperations(keys, stores, timeline).define(operations);
    new DeletionOperations(keys, timeline).define(operations);
    new PolicyOperations(keys).define(operations);
    new TagOperations(keys).define(operations);
    new AliasOperations(keys).define(operations);
    new GrantOperations(keys, timeline).define(operations);
    new RotationOperations(keys, timeline).define(operations);
    new ImportOperations(keys, timeline).define(operations);
    new ReplicaOperations(keys, timeline).define(operations);
    new EncryptionOperations(keys, timeline).define(operations);
    new DataKeyOperations(keys, timeline).define(operations);
    new SigningOperations(keys, timeline).define(operations);
    new MacOperations(keys, timeline).define(operations);
    new UsageOperations(keys).define(operations);
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
}
