package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.kms.KeyMaterialOptions;
import io.github.kmsrotation.kms.KeyMaterialSource;
import io.github.kmsrotation.kms.KeyOptions;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.testkit.EmbeddedAws;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** Rotates keys of the embedded AWS in every way that there is. */
public final class KeyRotations implements AutoCloseable {

  private static final String REPLICA_REGION = "eu-west-1";

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final Map<String, KmsClient> clients = new HashMap<>();
  private final KmsClient kms = kmsIn(aws.region());

  /** What was imported, by the id that KMS gave it. */
  private final Map<String, byte[]> vault = new HashMap<>();

  private final Path directory;

  private KeyRotations(Path directory) {
    this.directory = directory;
  }

  /**
   * Runs.
   *
   * @param args none
   * @throws Exception if anything goes wrong
   */
  public static void main(String[] args) throws Exception {
    try (KeyRotations keys = new KeyRotations(Files.createTempDirectory("key-rotations"))) {
      keys.rotate();
      Files.deleteIfExists(keys.materialFile());
    }
  }

  private void rotate() throws Exception {
    createKeys();
    run(nothing());
    run(yearly());
    run(now());
    run(manual());
    run(signing());
    run(replicated());
    String imported = createImportedKey();
    Path file = Files.write(materialFile(), random());
    run(imported(file));
    vault.put(currentMaterial(imported), Files.readAllBytes(file));
    vault
        .keySet()
        .forEach(id -> kms.deleteImportedKeyMaterial(r -> r.keyId(imported).keyMaterialId(id)));
    run(again());
  }

  private Path materialFile() {
    return directory.resolve("material.bin");
  }

  private void createKeys() throws InterruptedException {
    createKey("alias/orders", r -> {});
    createKey(
        "alias/signing", r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY));
    String global = createKey("alias/global", r -> r.multiRegion(true));
    kms.replicateKey(r -> r.keyId(global).replicaRegion(REPLICA_REGION));
    aws.clock().sleep(Duration.ofMinutes(1));
  }

  private String createKey(String alias, Consumer<CreateKeyRequest.Builder> form) {
    String key = kms.createKey(form).keyMetadata().arn();
    kms.createAlias(r -> r.aliasName(alias).targetKeyId(key));
    return key;
  }

  private KmsClient kmsIn(String region) {
    return clients.computeIfAbsent(
        region,
        there ->
            KmsClient.builder()
                .endpointOverride(aws.endpoint())
                .region(Region.of(there))
                .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
                .build());
  }

  private RotationPlan nothing() {
    // README {
    RotationPlan nothing = // nothing to do: plan.rationale() tells why, and how to leave the key
        RotationPlanner.forKey("alias/aws/rds")
            .because(RotationReason.SCHEDULE_REQUIRED)
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    return nothing;
  }

  private RotationPlan signing() {
    // README {
    RotationPlan signing = // a new key; who verifies has to learn its public key
        RotationPlanner.forKey("alias/signing")
            .because(RotationReason.SCHEDULE_REQUIRED)
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    return signing;
  }

  private RotationPlan replicated() {
    // README {
    KeyOptions everywhere =
        KeyOptions.builder()
            .replicaClients(this::kmsIn) // a client for the Region of each replica
            .build();
    RotationPlan replicated = // the new primary key, its replicas, and the aliases everywhere
        RotationPlanner.forKey("alias/global")
            .because(RotationReason.NEW_KEY_REQUESTED)
            .with(everywhere)
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    return replicated;
  }

  private RotationPlan yearly() {
    // README {
    RotationPlan yearly = // AWS rotates the material by itself from now on
        RotationPlanner.forKey("alias/orders")
            .because(RotationReason.SCHEDULE_REQUIRED)
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    return yearly;
  }

  private RotationPlan now() {
    // README {
    RotationPlan now = // new material, once; the key and its ARN stay
        RotationPlanner.forKey("alias/orders")
            .because(RotationReason.NEW_MATERIAL_REQUESTED)
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    return now;
  }

  private RotationPlan manual() {
    // README {
    RotationPlan manual = // a new key like the old one, and the aliases moved to it
        RotationPlanner.forKey("alias/orders")
            .because(RotationReason.SUSPECTED_COMPROMISE)
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    return manual;
  }

  private RotationPlan imported(Path file) {
    // README {
    KeyOptions options =
        KeyOptions.builder()
            .client(kms) // not in README
            .keyMaterial(KeyMaterialSource.ofFile(file)) // wiped as soon as it is wrapped
            .build();
    RotationPlan imported = // imports the new material, then rotates to it
        RotationPlanner.forKey("alias/imported")
            .because(RotationReason.SCHEDULE_REQUIRED)
            .with(options)
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    return imported;
  }

  private RotationPlan again() {
    // README {
    RotationPlan again = // what expired or was deleted: the key is usable again
        RotationPlanner.forKeyMaterial("alias/imported")
            .with(
                KeyMaterialOptions.builder()
                    .keyMaterial(request -> fromVault(request.keyMaterialId().orElseThrow()))
                    .build())
            .kmsClient(kms) // not in README
            .clock(aws.clock()) // not in README
            .plan();
    // README }
    return again;
  }

  private byte[] fromVault(String id) {
    byte[] material = vault.get(id);
    if (material == null) {
      throw new IllegalArgumentException("The vault has no material " + id);
    }
    return material.clone();
  }

  private void run(RotationPlan plan) {
    RotationRunner runner =
        RotationRunner.builder()
            .journal(FileJournal.in(directory))
            .with(
                KeyOptions.builder()
                    .client(kms)
                    .replicaClients(this::kmsIn)
                    .keyMaterial(KeyMaterialSource.ofFile(materialFile()))
                    .build())
            .with(
                KeyMaterialOptions.builder()
                    .client(kms)
                    .keyMaterial(request -> fromVault(request.keyMaterialId().orElseThrow()))
                    .build())
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .clock(aws.clock())
            .sleeper(aws.clock()::sleep)
            .build();
    System.out.println(plan.describe());
    System.out.println(runner.run(plan).requireComplete().describe());
  }

  private String currentMaterial(String key) {
    return kms.describeKey(r -> r.keyId(key)).keyMetadata().currentKeyMaterialId();
  }

  private static byte[] random() {
    byte[] material = new byte[32];
    new SecureRandom().nextBytes(material);
    return material;
  }

  /** A key with its first imported material, as somebody has made it long ago. */
  private String createImportedKey() throws Exception {
    String key = createKey("alias/imported", r -> r.origin(OriginType.EXTERNAL));
    GetParametersForImportResponse parameters =
        kms.getParametersForImport(
            r ->
                r.keyId(key)
                    .wrappingAlgorithm(AlgorithmSpec.RSAES_OAEP_SHA_256)
                    .wrappingKeySpec(WrappingKeySpec.RSA_2048));
    byte[] material = random();
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        KeyFactory.getInstance("RSA")
            .generatePublic(new X509EncodedKeySpec(parameters.publicKey().asByteArray())),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    SdkBytes wrapped = SdkBytes.fromByteArray(cipher.doFinal(material));
    kms.importKeyMaterial(
        r ->
            r.keyId(key)
                .importToken(parameters.importToken())
                .encryptedKeyMaterial(wrapped)
                .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE));
    vault.put(currentMaterial(key), material);
    return key;
  }

  @Override
  public void close() {
    clients.values().forEach(KmsClient::close);
    aws.close();
  }
}
