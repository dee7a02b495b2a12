package io.github.kmsrotation.kms;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.target.KeyTarget;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialRequest;
import software.amazon.awssdk.services.kms.model.ImportType;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.Tag;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** An embedded AWS with keys of every kind, and an application that rotates them. */
final class KeyWorld implements AutoCloseable {

  static final String ALIAS = "alias/orders";
  static final String REPLICA_REGION = "eu-west-1";

  /** What {@link KeyApplication#sha256} makes the first material of a key with imported one of. */
  static final String FIRST_MATERIAL = "first";

  static final SdkBytes SECRET = SdkBytes.fromUtf8String("an order");

  final EmbeddedAws aws;
  final KeyApplication application;
  final KmsClient kms;
  private final Duration delay;

  KeyWorld(Path journal) {
    this(journal, TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
  }

  KeyWorld(Path journal, TestClock clock) {
    this(journal, clock, Duration.ZERO);
  }

  /** Where KMS shows what was made only later. */
  KeyWorld(Path journal, TestClock clock, Duration delay) {
    this(journal, EmbeddedAws.builder().clock(clock).eventualConsistency(delay), delay);
  }

  /** Where KMS throttles what exceeds its quotas. */
  static KeyWorld withQuotas(Path journal, TestClock clock) {
    return new KeyWorld(journal, EmbeddedAws.builder().clock(clock).requestQuotas(), Duration.ZERO);
  }

  private KeyWorld(Path journal, EmbeddedAws.Builder embedded, Duration delay) {
    this.delay = delay;
    aws = embedded.start();
    application = new KeyApplication(aws.endpoint(), aws.region(), journal);
    kms = application.kms();
  }

  /** A key with an alias, tags, a description and a grant. */
  String key(Consumer<CreateKeyRequest.Builder> form) {
    String arn =
        kms.createKey(
                r -> {
                  r.description("orders")
                      .tags(Tag.builder().tagKey("team").tagValue("orders").build());
                  form.accept(r);
                })
            .keyMetadata()
            .arn();
    pass(delay);
    kms.createAlias(r -> r.aliasName(ALIAS).targetKeyId(arn));
    pass(delay);
    return arn;
  }

  String symmetricKey() {
    return key(r -> {});
  }

  void keyWithoutAlias() {
    kms.createKey();
  }

  String importedKey() {
    String arn = key(r -> r.origin(OriginType.EXTERNAL));
    importMaterial(arn, "SYMMETRIC_DEFAULT", FIRST_MATERIAL, false, Optional.empty());
    return arn;
  }

  /** A multi-Region key with a replica. */
  String multiRegionKey(OriginType origin) {
    String arn = key(r -> r.origin(origin).multiRegion(true));
    if (origin == OriginType.EXTERNAL) {
      importMaterial(arn, "SYMMETRIC_DEFAULT", FIRST_MATERIAL, false, Optional.empty());
    }
    kms.replicateKey(
        r -> r.keyId(arn).replicaRegion(REPLICA_REGION).description("orders, replicated"));
    pass(Duration.ofMinutes(1).plus(delay));
    KmsClient there = application.kms(REPLICA_REGION);
    String replica = arn.replace(aws.region(), REPLICA_REGION);
    if (origin == OriginType.EXTERNAL) {
      importMaterial(replica, "SYMMETRIC_DEFAULT", FIRST_MATERIAL, false, Optional.empty());
    }
    there.createAlias(r -> r.aliasName(ALIAS).targetKeyId(replica));
    pass(delay);
    return arn;
  }

  /** Imports by hand, as a person would. */
  void importMaterial(
      String key, String spec, String material, boolean isNew, Optional<Duration> expires) {
    KmsClient there = application.kms(key.split(":", -1)[3]);
    KeyOptions.Builder options =
        KeyOptions.builder()
            .keyMaterial(request -> KeyApplication.sha256(material))
            .wrappingKeySpec(WrappingKeySpec.RSA_2048);
    expires.ifPresent(options::materialExpiresAfter);
    ImportKeyMaterialRequest.Builder request =
        new Material(
                options.build().keyMaterial().orElseThrow(),
                Material.request(RunId.random(), new KeyArn(key), spec, Optional.empty()),
                options.build())
            .wrapped(new AwsCalls(KeyApplication.quick()), there, key, aws.clock().instant());
    if (isNew) {
      request.importType(ImportType.NEW_KEY_MATERIAL);
    }
    there.importKeyMaterial(request.build());
  }

  void pass(Duration time) {
    try {
      aws.clock().sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  RotationPlanner<KeyTarget> planner(RotationReason reason) {
    return application.planner(ALIAS, reason).clock(aws.clock());
  }

  RotationRunner.Builder runner() {
    return application.runner().clock(aws.clock()).sleeper(aws.clock()::sleep);
  }

  RotationRunner approving() {
    return runner().approval(Approvals.approveEveryPhaseIncludingDeletion()).build();
  }

  KeyMetadata describe(String key) {
    return kms.describeKey(r -> r.keyId(key)).keyMetadata();
  }

  SdkBytes encrypt() {
    return kms.encrypt(r -> r.keyId(ALIAS).plaintext(SECRET)).ciphertextBlob();
  }

  SdkBytes decrypt(SdkBytes ciphertext) {
    return kms.decrypt(r -> r.ciphertextBlob(ciphertext)).plaintext();
  }

  /** The keys that are not going to be deleted, in a Region. */
  List<String> livingKeys(String region) {
    KmsClient there = application.kms(region);
    return there.listKeysPaginator().keys().stream()
        .map(KeyListEntry::keyArn)
        .filter(
            arn -> {
              KeyState state = there.describeKey(r -> r.keyId(arn)).keyMetadata().keyState();
              return state != KeyState.PENDING_DELETION
                  && state != KeyState.PENDING_REPLICA_DELETION;
            })
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    application.close();
    aws.close();
  }
}
