package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.JsonProtocol;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.WireProtocol;
import io.github.kmsrotation.testkit.kms.KmsKey.KeyForm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The operations on keys, aliases and rotation. Used under the embedded AWS's lock. */
public final class KmsService implements AwsService {

  private static final Duration ON_DEMAND_ROTATION_TAKES = Duration.ofMinutes(2);

  private final WireProtocol protocol = new JsonProtocol("TrentService");
  private final Timeline timeline;
  private final KmsKeys keys;
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  /**
   * @param accountId the account of all keys
   * @param timeline what happens later
   */
  public KmsService(String accountId, Timeline timeline) {
    this.timeline = timeline;
    this.keys = new KmsKeys(accountId, timeline);
    defineKeys();
    defineAliases();
    defineRotation();
    new KmsCrypto(keys).define(operations);
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
    if (!key.isSymmetric()) {
      return new Usability(key.arn, Optional.of("it is not a symmetric encryption key"));
    }
    return new Usability(
        key.arn, key.isEnabled() ? Optional.empty() : Optional.of("its state is " + key.state));
  }

  private void defineKeys() {
    operations.put(
        "CreateKey",
        Operation.write(
            this::createKey,
            "Description",
            "KeyUsage",
            "KeySpec",
            "CustomerMasterKeySpec",
            "Origin",
            "MultiRegion",
            "Tags"));
    operations.put("DescribeKey", Operation.read(this::describeKey, "KeyId"));
    operations.put("ListKeys", Operation.read(this::listKeys, "Limit", "Marker"));
    operations.put("EnableKey", Operation.write(r -> setEnabled(r, true), "KeyId"));
    operations.put("DisableKey", Operation.write(r -> setEnabled(r, false), "KeyId"));
    operations.put(
        "ScheduleKeyDeletion",
        Operation.write(this::scheduleDeletion, "KeyId", "PendingWindowInDays"));
    operations.put("CancelKeyDeletion", Operation.write(this::cancelDeletion, "KeyId"));
    operations.put("TagResource", Operation.write(this::tag, "KeyId", "Tags"));
    operations.put("ListResourceTags", Operation.read(this::tags, "KeyId", "Limit", "Marker"));
  }

  private void defineAliases() {
    operations.put("CreateAlias", Operation.write(this::createAlias, "AliasName", "TargetKeyId"));
    operations.put("UpdateAlias", Operation.write(this::updateAlias, "AliasName", "TargetKeyId"));
    operations.put("DeleteAlias", Operation.write(this::deleteAlias, "AliasName"));
    operations.put("ListAliases", Operation.read(this::listAliases, "KeyId", "Limit", "Marker"));
  }

  private void defineRotation() {
    operations.put(
        "EnableKeyRotation",
        Operation.write(this::enableRotation, "KeyId", "RotationPeriodInDays"));
    operations.put("DisableKeyRotation", Operation.write(this::disableRotation, "KeyId"));
    operations.put("GetKeyRotationStatus", Operation.read(this::rotationStatus, "KeyId"));
    operations.put(
        "ListKeyRotations",
        Operation.read(this::listRotations, "KeyId", "IncludeKeyMaterial", "Limit", "Marker"));
    operations.put("RotateKeyOnDemand", Operation.write(this::rotateOnDemand, "KeyId"));
  }

  private Map<String, Object> createKey(AwsRequest request) {
    Params params = request.params();
    String spec =
        params
            .text("KeySpec")
            .or(() -> params.text("CustomerMasterKeySpec"))
            .orElse("SYMMETRIC_DEFAULT");
    String usage = params.text("KeyUsage").orElse("ENCRYPT_DECRYPT");
    KmsRules.checkSpec(spec, usage);
    String origin = params.text("Origin").orElse("AWS_KMS");
    if (!origin.equals("AWS_KMS") && !origin.equals("EXTERNAL")) {
      throw AwsError.notModelled("keys in custom key stores");
    }
    KmsKey key =
        keys.create(
            request.region(),
            new KeyForm(
                spec,
                usage,
                origin,
                params.truth("MultiRegion").orElse(false),
                params.text("Description").orElse("")),
            false);
    putTags(key, params);
    return Map.of("KeyMetadata", metadata(key));
  }

  private static void putTags(KmsKey key, Params params) {
    for (Params tag : params.structures("Tags")) {
      String name = tag.required("TagKey");
      if (name.startsWith("aws:")) {
        throw AwsError.badRequest("TagException", "aws: prefixed tag key names are not allowed");
      }
      key.tags.put(name, tag.required("TagValue"));
    }
    if (key.tags.size() > 50) {
      throw AwsError.badRequest("TagException", "Too many tags");
    }
  }

  private Map<String, Object> describeKey(AwsRequest request) {
    return Map.of("KeyMetadata", metadata(key(request)));
  }

  private KmsKey key(AwsRequest request) {
    return keys.resolve(request.region(), request.params().required("KeyId"));
  }

  /** A key that is named by id or ARN, as operations that change keys want it. */
  private KmsKey customerKey(AwsRequest request) {
    String name = request.params().required("KeyId");
    if (name.contains("alias/")) {
      throw AwsError.badRequest("NotFoundException", "Invalid keyId '" + name + "'");
    }
    KmsKey key = keys.resolve(request.region(), name);
    if (key.awsManaged) {
      throw new AwsError(
          "AccessDeniedException", 400, "AWS managed keys cannot be changed: " + key.arn);
    }
    return key;
  }

  private static Map<String, Object> metadata(KmsKey key) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("AWSAccountId", key.accountId);
    metadata.put("KeyId", key.id);
    metadata.put("Arn", key.arn);
    metadata.put("CreationDate", seconds(key.createdAt));
    metadata.put("Enabled", key.isEnabled());
    metadata.put("Description", key.description);
    metadata.put("KeyUsage", key.usage);
    metadata.put("KeyState", key.state);
    metadata.put("Origin", key.origin);
    metadata.put("KeyManager", key.awsManaged ? "AWS" : "CUSTOMER");
    metadata.put("KeySpec", key.spec);
    metadata.put("CustomerMasterKeySpec", key.spec);
    metadata.put("MultiRegion", key.multiRegion);
    key.deletionDate.ifPresent(at -> metadata.put("DeletionDate", seconds(at)));
    key.validTo.ifPresent(at -> metadata.put("ValidTo", seconds(at)));
    if (key.isSymmetric() && !key.materials.isEmpty()) {
      metadata.put("CurrentKeyMaterialId", key.current().id());
      metadata.put("EncryptionAlgorithms", List.of("SYMMETRIC_DEFAULT"));
    }
    if (key.multiRegion) {
      Map<String, Object> self = Map.of("Arn", key.arn, "Region", key.region);
      metadata.put(
          "MultiRegionConfiguration",
          Map.of("MultiRegionKeyType", "PRIMARY", "PrimaryKey", self, "ReplicaKeys", List.of()));
    }
    return metadata;
  }

  static double seconds(Instant instant) {
    return instant.toEpochMilli() / 1000.0;
  }

  private Map<String, Object> listKeys(AwsRequest request) {
    List<Map<String, Object>> all =
        keys.in(request.region()).stream()
            .map(key -> Map.<String, Object>of("KeyId", key.id, "KeyArn", key.arn))
            .toList();
    return KmsRules.page(request.params(), "Keys", all);
  }

  private Map<String, Object> setEnabled(AwsRequest request, boolean enabled) {
    KmsKey key = customerKey(request);
    if (!key.state.equals("Enabled") && !key.state.equals("Disabled")) {
      throw KmsRules.invalidState(key);
    }
    key.state = enabled ? "Enabled" : "Disabled";
    key.rotateWhatIsDue(timeline.now());
    return Map.of();
  }

  private Map<String, Object> scheduleDeletion(AwsRequest request) {
    KmsKey key = customerKey(request);
    int days = request.params().number("PendingWindowInDays").orElse(30);
    KmsRules.checkRange("pendingWindowInDays", days, 7, 30);
    if (key.state.equals("PendingDeletion")) {
      throw KmsRules.invalidState(key);
    }
    Instant at = timeline.now().plus(Duration.ofDays(days));
    key.state = "PendingDeletion";
    key.deletionDate = Optional.of(at);
    timeline.after(
        Duration.ofDays(days),
        () -> {
          if (key.deletionDate.equals(Optional.of(at))) {
            keys.remove(key);
          }
        });
    return Map.of(
        "KeyId",
        key.arn,
        "DeletionDate",
        seconds(at),
        "KeyState",
        key.state,
        "PendingWindowInDays",
        days);
  }

  private Map<String, Object> cancelDeletion(AwsRequest request) {
    KmsKey key = customerKey(request);
    if (!key.state.equals("PendingDeletion")) {
      throw KmsRules.invalidState(key);
    }
    key.state = "Disabled";
    key.deletionDate = Optional.empty();
    return Map.of("KeyId", key.arn);
  }

  private Map<String, Object> tag(AwsRequest request) {
    putTags(customerKey(request), request.params());
    return Map.of();
  }

  private Map<String, Object> tags(AwsRequest request) {
    List<Map<String, Object>> all = new ArrayList<>();
    key(request).tags.forEach((name, value) -> all.add(Map.of("TagKey", name, "TagValue", value)));
    return KmsRules.page(request.params(), "Tags", all);
  }

  private Map<String, Object> createAlias(AwsRequest request) {
    String name = KmsRules.aliasName(request.params().required("AliasName"));
    KmsKey key = aliasTarget(request);
    if (keys.aliases(request.region()).containsKey(name)) {
      throw AwsError.badRequest("AlreadyExistsException", "An alias " + name + " already exists");
    }
    keys.alias(request.region(), name, key);
    return Map.of();
  }

  private KmsKey aliasTarget(AwsRequest request) {
    String target = request.params().required("TargetKeyId");
    if (target.contains("alias/")) {
      throw AwsError.badRequest("ValidationException", "Aliases must refer to keys: " + target);
    }
    KmsKey key = keys.resolve(request.region(), target);
    if (key.state.equals("PendingDeletion")) {
      throw KmsRules.invalidState(key);
    }
    return key;
  }

  private Map<String, Object> updateAlias(AwsRequest request) {
    String name = KmsRules.aliasName(request.params().required("AliasName"));
    KmsKey key = aliasTarget(request);
    KmsKey old = keys.resolve(request.region(), name);
    if (!old.usage.equals(key.usage) || old.isSymmetric() != key.isSymmetric()) {
      throw AwsError.badRequest(
          "ValidationException", "Alias " + name + " cannot be changed to a key of another type");
    }
    keys.alias(request.region(), name, key);
    return Map.of();
  }

  private Map<String, Object> deleteAlias(AwsRequest request) {
    String name = KmsRules.aliasName(request.params().required("AliasName"));
    keys.resolve(request.region(), name);
    keys.aliases(request.region()).remove(name);
    return Map.of();
  }

  private Map<String, Object> listAliases(AwsRequest request) {
    Optional<String> only =
        request.params().text("KeyId").map(name -> keys.resolve(request.region(), name).arn);
    List<Map<String, Object>> all = new ArrayList<>();
    for (KmsKeys.Alias alias : keys.aliasesIn(request.region())) {
      if (only.isEmpty() || only.get().equals(alias.keyArn())) {
        String prefix = alias.keyArn().substring(0, alias.keyArn().indexOf("key/"));
        all.add(
            Map.of(
                "AliasName", alias.name(),
                "AliasArn", prefix + alias.name(),
                "TargetKeyId", alias.keyArn().substring(alias.keyArn().indexOf("key/") + 4),
                "CreationDate", seconds(alias.createdAt()),
                "LastUpdatedDate", seconds(alias.updatedAt())));
      }
    }
    return KmsRules.page(request.params(), "Aliases", all);
  }

  private Map<String, Object> enableRotation(AwsRequest request) {
    KmsKey key = customerKey(request);
    int days = request.params().number("RotationPeriodInDays").orElse(365);
    KmsRules.checkRange("rotationPeriodInDays", days, 90, 2560);
    KmsRules.requireEnabled(key);
    KmsRules.requireRotatable(key);
    key.schedule(days, timeline.now());
    return Map.of();
  }

  private Map<String, Object> disableRotation(AwsRequest request) {
    KmsKey key = customerKey(request);
    KmsRules.requireEnabled(key);
    KmsRules.requireRotatable(key);
    key.rotationPeriod = Optional.empty();
    key.nextRotation = Optional.empty();
    return Map.of();
  }

  private Map<String, Object> rotationStatus(AwsRequest request) {
    KmsKey key = key(request);
    if (!key.isSymmetric()) {
      throw KmsRules.unsupported(key);
    }
    Map<String, Object> status = new TreeMap<>();
    status.put("KeyId", key.arn);
    boolean enabled = key.rotationPeriod.isPresent() && !key.state.equals("PendingDeletion");
    status.put("KeyRotationEnabled", enabled);
    if (enabled) {
      key.rotationPeriod.ifPresent(days -> status.put("RotationPeriodInDays", days));
      key.nextRotation.ifPresent(at -> status.put("NextRotationDate", seconds(at)));
    }
    key.onDemandSince.ifPresent(at -> status.put("OnDemandRotationStartDate", seconds(at)));
    return status;
  }

  private Map<String, Object> listRotations(AwsRequest request) {
    KmsKey key = key(request);
    if (!key.isSymmetric()) {
      throw KmsRules.unsupported(key);
    }
    boolean allMaterial =
        request
            .params()
            .text("IncludeKeyMaterial")
            .orElse("ROTATIONS_ONLY")
            .equals("ALL_KEY_MATERIAL");
    List<Map<String, Object>> all = new ArrayList<>();
    for (KmsKey.Material material : key.materials) {
      if (allMaterial || !material.rotationType().isEmpty()) {
        Map<String, Object> entry = new TreeMap<>();
        entry.put("KeyId", key.arn);
        entry.put("KeyMaterialId", material.id());
        entry.put("KeyMaterialState", material.equals(key.current()) ? "CURRENT" : "NON_CURRENT");
        if (!material.rotationType().isEmpty()) {
          entry.put("RotationDate", seconds(material.since()));
          entry.put("RotationType", material.rotationType());
        }
        all.add(entry);
      }
    }
    return KmsRules.page(request.params(), "Rotations", all);
  }

  private Map<String, Object> rotateOnDemand(AwsRequest request) {
    KmsKey key = customerKey(request);
    KmsRules.requireEnabled(key);
    KmsRules.requireRotatable(key);
    if (key.onDemandSince.isPresent()) {
      throw AwsError.badRequest(
          "ConflictException", "A rotation of " + key.arn + " is in progress.");
    }
    if (key.onDemandRotations() >= KmsKey.MOST_ON_DEMAND) {
      throw AwsError.badRequest(
          "LimitExceededException", "The key has reached its on-demand rotations.");
    }
    key.onDemandSince = Optional.of(timeline.now());
    timeline.after(
        ON_DEMAND_ROTATION_TAKES,
        () -> {
          key.addMaterial(timeline.now(), "ON_DEMAND");
          key.onDemandSince = Optional.empty();
        });
    return Map.of("KeyId", key.arn);
  }
}
