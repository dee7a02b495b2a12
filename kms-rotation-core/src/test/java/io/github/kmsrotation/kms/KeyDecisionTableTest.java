package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyFactsReader;
import io.github.kmsrotation.key.KeyManager;
import io.github.kmsrotation.key.MultiRegionRole;
import io.github.kmsrotation.key.RotationDecision;
import io.github.kmsrotation.key.RotationDecision.ManualRotation;
import io.github.kmsrotation.key.RotationDecision.NotPossible;
import io.github.kmsrotation.key.RotationPolicy;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;

/**
 * Every sort of key that there is, for every reason: the plan runs, and what was encrypted before
 * is read after; or it is refused with the way out, and nothing is changed. Together they are all
 * rows of docs/decision-table.md that a plan for a key can meet.
 */
class KeyDecisionTableTest {

  /** What AWS owns is in no customer's account; a key is made or updated for a moment only. */
  private static final List<String> OUT_OF_REACH =
      List.of("owned by AWS", "The key is being made or updated");

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private KeyWorld world;

  @BeforeEach
  void start() {
    world = new KeyWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** A sort of key; made, it is named. */
  enum Sort {
    SYMMETRIC(KeyWorld::symmetricKey),
    YEARLY(world -> rotatedEvery(world, 365)),
    QUARTERLY(world -> rotatedEvery(world, 90)),
    SLOWLY(world -> rotatedEvery(world, 2560)),
    ROTATING(Sort::rotating),
    SPENT(Sort::spent),
    IMPORTED(KeyWorld::importedKey),
    IMPORTED_ROTATING(Sort::importedRotating),
    EXPIRING(world -> expiring(world, KeyWorld::importedKey)),
    EXPIRING_SPENT(Sort::expiringSpent),
    EXPIRING_ROTATING(Sort::expiringRotating),
    EXPIRING_HMAC(Sort::expiringHmac),
    EXPIRING_REPLICA(Sort::expiringReplica),
    SIGNING(
        world ->
            world.key(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))),
    HMAC(
        world ->
            world.key(r -> r.keySpec(KeySpec.HMAC_256).keyUsage(KeyUsageType.GENERATE_VERIFY_MAC))),
    PRIMARY(world -> world.multiRegionKey(OriginType.AWS_KMS)),
    REPLICA(world -> replicaOf(world, world.multiRegionKey(OriginType.AWS_KMS))),
    IN_HSM(Sort::inHsm),
    DISCONNECTED(Sort::disconnected),
    DISABLED(Sort::disabled),
    TO_BE_DELETED(Sort::toBeDeleted),
    WITHOUT_MATERIAL(world -> world.key(r -> r.origin(OriginType.EXTERNAL))),
    OF_AWS(world -> world.describe("alias/aws/rds").arn());

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final Function<KeyWorld, String> make;

    Sort(Function<KeyWorld, String> make) {
      this.make = make;
    }

    private static String rotatedEvery(KeyWorld world, int days) {
      String key = world.symmetricKey();
      world.kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(days));
      return key;
    }

    private static String rotating(KeyWorld world) {
      String key = world.symmetricKey();
      world.kms.rotateKeyOnDemand(r -> r.keyId(key));
      return key;
    }

    private static String spent(KeyWorld world) {
      String key = world.symmetricKey();
      IntStream.range(0, 25)
          .forEach(
              i -> {
                world.kms.rotateKeyOnDemand(r -> r.keyId(key));
                world.pass(Duration.ofHours(1));
              });
      return key;
    }

    private static String importedRotating(KeyWorld world) {
      String key = world.importedKey();
      world.importMaterial(key, "SYMMETRIC_DEFAULT", "next", true, Optional.empty());
      world.kms.rotateKeyOnDemand(r -> r.keyId(key));
      return key;
    }

    private static String expiring(KeyWorld world, Function<KeyWorld, String> make) {
      String key = make.apply(world);
      world.importMaterial(
          key, "SYMMETRIC_DEFAULT", "first", false, Optional.of(Duration.ofDays(300)));
      return key;
    }

    private static String expiringRotating(KeyWorld world) {
      String key = expiring(world, KeyWorld::importedKey);
      world.importMaterial(key, "SYMMETRIC_DEFAULT", "next", true, Optional.empty());
      world.kms.rotateKeyOnDemand(r -> r.keyId(key));
      return key;
    }

    private static String expiringSpent(KeyWorld world) {
      String key = expiring(world, KeyWorld::importedKey);
      IntStream.range(0, 25)
          .forEach(
              i -> {
                world.importMaterial(key, "SYMMETRIC_DEFAULT", "next" + i, true, Optional.empty());
                world.kms.rotateKeyOnDemand(r -> r.keyId(key));
                world.pass(Duration.ofHours(1));
              });
      return key;
    }

    private static String expiringHmac(KeyWorld world) {
      String key =
          world.key(
              r ->
                  r.origin(OriginType.EXTERNAL)
                      .keySpec(KeySpec.HMAC_256)
                      .keyUsage(KeyUsageType.GENERATE_VERIFY_MAC));
      world.importMaterial(key, "HMAC_256", "first", false, Optional.of(Duration.ofDays(300)));
      return key;
    }

    private static String expiringReplica(KeyWorld world) {
      String replica = replicaOf(world, world.multiRegionKey(OriginType.EXTERNAL));
      world.importMaterial(
          replica, "SYMMETRIC_DEFAULT", "first", false, Optional.of(Duration.ofDays(300)));
      return replica;
    }

    private static String replicaOf(KeyWorld world, String primary) {
      return primary.replace(world.aws.region(), KeyWorld.REPLICA_REGION);
    }

    private static String inHsm(KeyWorld world) {
      String store =
          world
              .kms
              .createCustomKeyStore(
                  r ->
                      r.customKeyStoreName("hsm")
                          .cloudHsmClusterId("cluster-aaaaaaaaaaa")
                          .trustAnchorCertificate("certificate")
                          .keyStorePassword("hunter22"))
              .customKeyStoreId();
      world.kms.connectCustomKeyStore(r -> r.customKeyStoreId(store));
      world.pass(Duration.ofMinutes(20));
      return world.key(r -> r.origin(OriginType.AWS_CLOUDHSM).customKeyStoreId(store));
    }

    private static String disconnected(KeyWorld world) {
      String key = inHsm(world);
      world.kms.disconnectCustomKeyStore(
          r -> r.customKeyStoreId(world.describe(key).customKeyStoreId()));
      world.pass(Duration.ofMinutes(20));
      return key;
    }

    private static String disabled(KeyWorld world) {
      String key = world.symmetricKey();
      world.kms.disableKey(r -> r.keyId(key));
      return key;
    }

    private static String toBeDeleted(KeyWorld world) {
      String key = world.symmetricKey();
      world.kms.scheduleKeyDeletion(r -> r.keyId(key));
      return key;
    }
  }

  static Stream<Arguments> everySortForEveryReason() {
    return Stream.of(Sort.values())
        .flatMap(
            sort -> Stream.of(RotationReason.values()).map(reason -> Arguments.of(sort, reason)));
  }

  private KmsClient clientFor(String key) {
    return world.application.kms(key.split(":", -1)[3]);
  }

  @ParameterizedTest
  @MethodSource("everySortForEveryReason")
  void plan_runsAndOldCiphertextsAreRead_orItIsRefusedWithTheWayOut(
      Sort sort, RotationReason reason) {
    String key = sort.make.apply(world);
    Optional<SdkBytes> before = ciphertext(key);
    boolean possible = isPossible(key, reason);
    world.aws.calls().clear();
    PlanningException refused =
        catchThrowableOfType(PlanningException.class, () -> run(key, reason));

    assertThat(refused == null).as(String.valueOf(refused)).isEqualTo(possible);
    if (refused != null) {
      assertThat(refused.problems())
          .isNotEmpty()
          .allSatisfy(problem -> assertThat(problem.toString()).containsPattern("\\. [A-Z].*\\."));
      assertThat(world.aws.calls().mutating()).isEmpty();
    }
    before.ifPresent(
        ciphertext ->
            assertThat(
                    clientFor(key)
                        .decrypt(r -> r.keyId(key).ciphertextBlob(ciphertext))
                        .plaintext())
                .isEqualTo(KeyWorld.SECRET));
  }

  /** A plan for a key makes no key in the place of one of AWS, nor of a replica. */
  private boolean isPossible(String key, RotationReason reason) {
    KeyFacts facts =
        new KeyFactsReader(clientFor(key), new AwsCalls(KeyApplication.quick())).read(key);
    RotationDecision decision = RotationPolicy.decide(facts, reason);
    boolean makesKey = decision instanceof ManualRotation;
    boolean mayMakeKey =
        facts.manager() == KeyManager.CUSTOMER && facts.role() != MultiRegionRole.REPLICA;
    return !(decision instanceof NotPossible) && (!makesKey || mayMakeKey);
  }

  private void run(String key, RotationReason reason) {
    KmsClient kms = clientFor(key);
    KeyOptions options = world.application.options().client(kms).build();
    RotationPlan plan =
        world
            .application
            .planner(key, reason)
            .with(options)
            .kmsClient(kms)
            .clock(world.aws.clock())
            .plan();
    assertThat(world.aws.calls().mutating()).isEmpty();
    world
        .runner()
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build()
        .run(plan)
        .requireComplete();
  }

  private Optional<SdkBytes> ciphertext(String key) {
    KmsClient kms = clientFor(key);
    KeyMetadata metadata = kms.describeKey(r -> r.keyId(key)).keyMetadata();
    return metadata.enabled()
            && metadata.keyUsage() == KeyUsageType.ENCRYPT_DECRYPT
            && !metadata.keyManagerAsString().equals("AWS")
        ? Optional.of(kms.encrypt(r -> r.keyId(key).plaintext(KeyWorld.SECRET)).ciphertextBlob())
        : Optional.empty();
  }

  @Test
  void sortsOfKeys_meetEveryRowOfTheTableWithinReach() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("..", "docs", "decision-table.md")).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| reason"))
            .map(KeyDecisionTableTest::row)
            .filter(row -> OUT_OF_REACH.stream().noneMatch(row::contains))
            .toList();
    List<String> met = new ArrayList<>();
    for (Sort sort : Sort.values()) {
      try (KeyWorld other = new KeyWorld(directory.resolve(sort.name()))) {
        met.addAll(rowsOf(sort, other));
      }
    }

    assertThat(rows).isNotEmpty().allMatch(met::contains);
  }

  /** Reason and words: what tells the rows apart. */
  private static String row(String line) {
    String[] cells = line.split(" \\| ", -1);
    return cells[0].substring(2) + ": " + cells[2];
  }

  private static List<String> rowsOf(Sort sort, KeyWorld other) {
    String key = sort.make.apply(other);
    KmsClient kms = other.application.kms(key.split(":", -1)[3]);
    KeyFacts facts = new KeyFactsReader(kms, new AwsCalls(KeyApplication.quick())).read(key);
    return Stream.of(RotationReason.values())
        .map(reason -> reason + ": " + RotationPolicy.decide(facts, reason).rationale().text())
        .toList();
  }
}
