package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All keys and aliases, by Region. Used under the embedded AWS's lock. */
final class KmsKeys {

  private static final Pattern ARN =
      Pattern.compile("arn:aws:kms:([a-z0-9-]+):([0-9]{12}):(key/.+|alias/.+)");

  private final String accountId;
  private final Timeline timeline;
  private final Map<String, KmsKey> keysByArn = new LinkedHashMap<>();
  private final Map<String, Map<String, Alias>> aliasesByRegion = new TreeMap<>();

  /** A name of a key. */
  record Alias(String name, String keyArn, Instant createdAt, Instant updatedAt) {}

  KmsKeys(String accountId, Timeline timeline) {
    this.accountId = accountId;
    this.timeline = timeline;
  }

  KmsKey create(String region, KeyForm form, boolean awsManaged) {
    String id = UUID.randomUUID().toString();
    if (form.multiRegion()) {
      id = "mrk-" + id.replace("-", "");
    }
    return add(new KeyFamily(id, form, region, timeline.now()), region, awsManaged);
  }

  KmsKey replicate(KeyFamily family, String region) {
    return add(family, region, false);
  }

  private KmsKey add(KeyFamily family, String region, boolean awsManaged) {
    KmsKey key = new KmsKey(family, region, accountId, awsManaged, timeline.now());
    keysByArn.put(key.arn, key);
    return key;
  }

  void remove(KmsKey key) {
    keysByArn.remove(key.arn);
    key.family.leave(key);
    aliases(key.region).values().removeIf(alias -> alias.keyArn().equals(key.arn));
  }

  List<KmsKey> in(String region) {
    return keysByArn.values().stream()
        .filter(key -> key.region.equals(region))
        .filter(this::isFound)
        .toList();
  }

  /** The aliases that a list shows; {@link #aliases} has those that are not found yet, too. */
  List<Alias> aliasesIn(String region) {
    return aliases(region).values().stream().filter(this::isFound).toList();
  }

  /** What AWS made itself has been there all along. */
  private boolean isFound(KmsKey key) {
    return key.awsManaged || timeline.hasPropagated(key.createdAt);
  }

  private boolean isFound(Alias alias) {
    return alias.name().startsWith("alias/aws/") || timeline.hasPropagated(alias.createdAt());
  }

  Map<String, Alias> aliases(String region) {
    return aliasesByRegion.computeIfAbsent(region, r -> new TreeMap<>());
  }

  /** The key that a request names by id, ARN, alias name or alias ARN. */
  KmsKey any(AwsRequest request) {
    return resolve(request.region(), request.params().required("KeyId"));
  }

  /** The key that a request names by id or ARN, which is all that most operations take. */
  KmsKey byIdOrArn(AwsRequest request) {
    String name = request.params().required("KeyId");
    if (name.contains("alias/")) {
      throw AwsError.badRequest("NotFoundException", "Invalid keyId '" + name + "'");
    }
    return resolve(request.region(), name);
  }

  /** The same, for operations that change keys: those are denied for AWS managed keys. */
  KmsKey customer(AwsRequest request) {
    KmsKey key = byIdOrArn(request);
    requireCustomerManaged(key);
    return key;
  }

  static void requireCustomerManaged(KmsKey key) {
    if (key.awsManaged) {
      throw new AwsError(
          "AccessDeniedException", 400, "AWS managed keys cannot be changed: " + key.arn);
    }
  }

  /** By id, ARN, alias name or alias ARN, as {@code DescribeKey} takes it. */
  KmsKey resolve(String region, String name) {
    return find(region, name).orElseThrow(() -> notFound(region, name));
  }

  Optional<KmsKey> find(String region, String name) {
    String local = name;
    if (name.startsWith("arn:")) {
      Matcher arn = ARN.matcher(name);
      if (!arn.matches()) {
        throw AwsError.badRequest("InvalidArnException", "Invalid arn " + name);
      }
      if (!arn.group(1).equals(region)) {
        throw AwsError.badRequest("NotFoundException", "Invalid arn " + arn.group(1));
      }
      if (!arn.group(2).equals(accountId)) {
        throw denied();
      }
      local = arn.group(3);
    }
    Optional<KmsKey> found = local(region, local).filter(this::isFound);
    found.ifPresent(this::rotateWhatIsDue);
    return found;
  }

  void rotateWhatIsDue(KmsKey key) {
    key.family.rotateWhatIsDue(timeline.now());
  }

  /**
   * The key that sealed a ciphertext, or the related multi-Region key of this Region. AWS does not
   * tell whether a key that it denies is there.
   */
  KmsKey ofCiphertext(String region, String arn) {
    String id = arn.substring(arn.lastIndexOf('/') + 1);
    String here = id.startsWith("mrk-") ? id : arn;
    return Optional.of(here)
        .filter(name -> name.equals(id) || arn.startsWith(arnPrefix(region)))
        .flatMap(name -> find(region, name))
        .orElseThrow(KmsKeys::denied);
  }

  private String arnPrefix(String region) {
    return "arn:aws:kms:" + region + ":" + accountId + ":";
  }

  private static AwsError denied() {
    return AwsError.badRequest(
        "AccessDeniedException",
        "The ciphertext refers to a customer master key that does not exist, does not exist in"
            + " this region, or you are not allowed to access.");
  }

  private Optional<KmsKey> local(String region, String name) {
    if (name.startsWith("alias/")) {
      awsManaged(region, name);
      return Optional.ofNullable(aliases(region).get(name))
          .filter(this::isFound)
          .flatMap(alias -> Optional.ofNullable(keysByArn.get(alias.keyArn())));
    }
    String id = name.startsWith("key/") ? name.substring(4) : name;
    return Optional.ofNullable(
        keysByArn.get("arn:aws:kms:" + region + ":" + accountId + ":key/" + id));
  }

  /** AWS makes the AWS managed key of a service when it is first asked for. */
  private void awsManaged(String region, String name) {
    if (List.of("alias/aws/rds", "alias/aws/ebs", "alias/aws/s3").contains(name)
        && !aliases(region).containsKey(name)) {
      KeyForm form = new KeyForm(KeySpecs.SYMMETRIC, "ENCRYPT_DECRYPT", "AWS_KMS", false);
      KmsKey key = create(region, form, true);
      key.description =
          "Default key that protects my "
              + name.substring("alias/aws/".length())
              + " data when no other key is defined";
      key.family.schedule(365, timeline.now());
      alias(region, name, key);
    }
  }

  void alias(String region, String name, KmsKey key) {
    Instant now = timeline.now();
    Instant createdAt =
        Optional.ofNullable(aliases(region).get(name)).map(Alias::createdAt).orElse(now);
    aliases(region).put(name, new Alias(name, key.arn, createdAt, now));
  }

  private AwsError notFound(String region, String name) {
    if (name.startsWith("alias/")) {
      return AwsError.badRequest(
          "NotFoundException",
          "Alias arn:aws:kms:" + region + ":" + accountId + ":" + name + " is not found.");
    }
    String arn =
        name.startsWith("arn:") ? name : "arn:aws:kms:" + region + ":" + accountId + ":key/" + name;
    return AwsError.badRequest("NotFoundException", "Key '" + arn + "' does not exist");
  }
}
