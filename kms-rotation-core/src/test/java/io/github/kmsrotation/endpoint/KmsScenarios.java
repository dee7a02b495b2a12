package io.github.kmsrotation.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.error.UnknownKeyException;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyFactsReader;
import io.github.kmsrotation.key.KeyKind;
import io.github.kmsrotation.key.KeyManager;
import io.github.kmsrotation.key.KeyOrigin;
import io.github.kmsrotation.key.KeyRotation;
import io.github.kmsrotation.key.KeyState;
import io.github.kmsrotation.key.RotationDecision.AutomaticRotation;
import io.github.kmsrotation.key.RotationDecision.ManualRotation;
import io.github.kmsrotation.key.RotationDecision.NotPossible;
import io.github.kmsrotation.key.RotationDecision.NothingToDo;
import io.github.kmsrotation.key.RotationPolicy;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.RdsTarget;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.KmsException;

/**
 * What core does with KMS, on any server that speaks it. A scenario that needs an operation that
 * the server does not have is skipped, and says which. Keys are scheduled for deletion afterwards.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls connect() first
abstract class KmsScenarios {

  private static final String REGION_PART = "(?<=arn:aws:kms:)[^:]+";
  private static final int NOT_IMPLEMENTED = 501;
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final int MOST_LOOKS = 6_000;

  private final List<String> keys = new ArrayList<>();
  private final List<String> aliases = new ArrayList<>();
  private KmsClient kms;
  private KeyFactsReader reader;
  private AwsCalls calls;

  /** Where the server is. */
  abstract KmsEndpoint endpoint();

  @BeforeEach
  void connect() {
    kms = endpoint().client();
    calls = new AwsCalls(AwsCallSettings.builder().maxAttempts(3).build());
    reader = new KeyFactsReader(kms, calls);
  }

  @AfterEach
  void cleanUp() {
    aliases.forEach(alias -> kms.deleteAlias(r -> r.aliasName(alias)));
    keys.forEach(key -> kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7)));
    aliases.clear();
    keys.clear();
    kms.close();
  }

  private String key(CreateKeyRequest.Builder request) {
    String arn = kms.createKey(request.build()).keyMetadata().arn();
    keys.add(arn);
    return arn;
  }

  private String symmetricKey() {
    return key(CreateKeyRequest.builder().description("kms-rotation scenario"));
  }

  private String rsaKey() {
    return key(CreateKeyRequest.builder().keySpec("RSA_2048").keyUsage("SIGN_VERIFY"));
  }

  private String alias(String key) {
    String alias = "alias/kms-rotation-" + UUID.randomUUID();
    kms.createAlias(r -> r.aliasName(alias).targetKeyId(key));
    aliases.add(alias);
    return alias;
  }

  private void needsListKeyRotations(String symmetricKey) {
    try {
      kms.listKeyRotations(r -> r.keyId(symmetricKey));
    } catch (KmsException e) {
      if (e.statusCode() != NOT_IMPLEMENTED) {
        throw e;
      }
      skip("the server at " + endpoint().uri() + " lacks kms:ListKeyRotations, which AWS has");
    }
  }

  /** Surefire keeps the reason of a skip to its reports, so it is said here, too. */
  static void skip(String reason) {
    System.out.println("Skipped: " + reason);
    abort(reason);
  }

  private TargetKey choose(String current, String named, Findings findings) {
    PlanRequest<RdsTarget> request =
        new PlanRequest<>(
            new RdsTarget("orders-prod"),
            Optional.of(RotationReason.NEW_KEY_REQUESTED),
            Optional.of(named),
            Optional.empty(),
            kms,
            reader,
            calls,
            RunId.random(),
            Clock.systemUTC());
    return TargetKey.choose(request, Optional.of(current), endpoint().region(), findings);
  }

  @Test
  void read_ofASymmetricKey_byIdArnOrAlias_tellsTheSame() {
    String arn = symmetricKey();
    needsListKeyRotations(arn);

    KeyFacts facts = reader.read(alias(arn));

    assertThat(facts.arn().value()).isEqualTo(arn);
    assertThat(facts.manager()).isEqualTo(KeyManager.CUSTOMER);
    assertThat(facts.origin()).isEqualTo(KeyOrigin.AWS_KMS);
    assertThat(facts.kind()).isEqualTo(KeyKind.SYMMETRIC_ENCRYPTION);
    assertThat(facts.state()).isEqualTo(KeyState.ENABLED);
    assertThat(facts).isEqualTo(reader.read(arn)).isEqualTo(reader.read(facts.arn().keyId()));
  }

  @Test
  void read_ofKeysOfOtherKinds_tellsKindAndState() {
    String rsa = rsaKey();
    String hmac =
        key(CreateKeyRequest.builder().keySpec("HMAC_256").keyUsage("GENERATE_VERIFY_MAC"));
    kms.disableKey(r -> r.keyId(hmac));

    assertThat(reader.read(alias(rsa)).kind()).isEqualTo(KeyKind.ASYMMETRIC);
    assertThat(reader.read(rsa).state()).isEqualTo(KeyState.ENABLED);
    assertThat(reader.read(hmac).kind()).isEqualTo(KeyKind.HMAC);
    assertThat(reader.read(hmac).state()).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void read_whenThereIsNoSuchKey_saysSo() {
    assertThatThrownBy(() -> reader.read("alias/kms-rotation-none-" + UUID.randomUUID()))
        .isInstanceOf(UnknownKeyException.class);
  }

  @Test
  void decide_forASymmetricKey_rotatesItByItself_once() {
    String arn = symmetricKey();
    needsListKeyRotations(arn);
    assertThat(RotationPolicy.decide(reader.read(arn), RotationReason.SCHEDULE_REQUIRED))
        .isInstanceOf(AutomaticRotation.class);

    kms.enableKeyRotation(r -> r.keyId(arn).rotationPeriodInDays(180));

    KeyFacts facts = reader.read(arn);
    assertThat(facts.schedule().periodInDays()).contains(180);
    assertThat(RotationPolicy.decide(facts, RotationReason.SCHEDULE_REQUIRED))
        .isInstanceOf(NothingToDo.class);
  }

  @Test
  void decide_forAnAsymmetricKey_asksForAnotherKey() {
    assertThat(RotationPolicy.decide(reader.read(rsaKey()), RotationReason.SCHEDULE_REQUIRED))
        .isInstanceOf(ManualRotation.class);
  }

  @Test
  void decide_forAKeyWithoutMaterial_saysThatItCannotBe() {
    KeyFacts facts = reader.read(key(CreateKeyRequest.builder().origin("EXTERNAL")));

    assertThat(facts.origin()).isEqualTo(KeyOrigin.EXTERNAL);
    assertThat(facts.state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(RotationPolicy.decide(facts, RotationReason.SCHEDULE_REQUIRED))
        .isInstanceOf(NotPossible.class);
  }

  @Test
  void targetKey_byAlias_isResolvedToItsArn() {
    String current = symmetricKey();
    String next = symmetricKey();
    needsListKeyRotations(current);
    Findings findings = new Findings("orders-prod");

    TargetKey target = choose(current, alias(next), findings);

    findings.throwIfAny("orders-prod");
    assertThat(target.arn().orElseThrow().value()).isEqualTo(next);
  }

  @Test
  void targetKey_whenItCannotEncryptForServices_isRefused() {
    String rsa = rsaKey();
    Findings findings = new Findings("orders-prod");

    choose(rsa, alias(rsa), findings);

    assertThatThrownBy(() -> findings.throwIfAny("orders-prod"))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("under " + rsa + " already")
        .hasMessageContaining("RSA_2048");
  }

  @Test
  void targetKey_ofAnotherRegion_isRefusedWithoutACall() {
    String key = rsaKey();
    String elsewhere = key.replaceFirst(REGION_PART, "ap-south-2");
    Findings findings = new Findings("orders-prod");

    assertThat(choose(key, elsewhere, findings).arn()).isEmpty();

    assertThatThrownBy(() -> findings.throwIfAny("orders-prod")).hasMessageContaining("not in");
  }

  @Test
  void decrypt_afterTheMaterialWasRotated_readsWhatWasEncryptedBefore()
      throws InterruptedException {
    String arn = symmetricKey();
    SdkBytes before = encrypt(arn, "before");

    rotateMaterial(arn);

    assertThat(decrypt(arn, before)).isEqualTo("before");
    assertThat(decrypt(arn, encrypt(arn, "after"))).isEqualTo("after");
  }

  @Test
  void read_afterTheMaterialWasRotated_tellsTheRotation() throws InterruptedException {
    String arn = symmetricKey();
    needsListKeyRotations(arn);

    rotateMaterial(arn);

    assertThat(reader.read(arn).history()).singleElement().matches(KeyRotation::onDemand);
  }

  private void rotateMaterial(String key) throws InterruptedException {
    kms.rotateKeyOnDemand(r -> r.keyId(key));
    for (int i = 0; i < MOST_LOOKS && isRotating(key); i++) {
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  private boolean isRotating(String key) {
    return kms.getKeyRotationStatus(r -> r.keyId(key)).onDemandRotationStartDate() != null;
  }

  private SdkBytes encrypt(String key, String text) {
    return kms.encrypt(r -> r.keyId(key).plaintext(SdkBytes.fromUtf8String(text))).ciphertextBlob();
  }

  private String decrypt(String key, SdkBytes ciphertext) {
    return kms.decrypt(r -> r.keyId(key).ciphertextBlob(ciphertext)).plaintext().asUtf8String();
  }
}
