package io.github.kmsrotation.kms;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.retire.KeyRetirementOptions;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.target.KeyMaterialTarget;
import io.github.kmsrotation.target.KeyRetirementTarget;
import io.github.kmsrotation.target.KeyTarget;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** What an application that rotates keys has: clients, a source of key material, a runner. */
final class KeyApplication implements AutoCloseable {

  private final URI endpoint;
  private final Map<String, KmsClient> clients = new HashMap<>();
  private final Path journal;
  final String region;

  KeyApplication(URI endpoint, String region, Path journal) {
    this.endpoint = endpoint;
    this.region = region;
    this.journal = journal;
  }

  KmsClient kms() {
    return kms(region);
  }

  KmsClient kms(String where) {
    return clients.computeIfAbsent(
        where,
        r ->
            KmsClient.builder()
                .endpointOverride(endpoint)
                .region(Region.of(r))
                .credentialsProvider(
                    StaticCredentialsProvider.create(
                        AwsBasicCredentials.create("AKIDTEST", "secret")))
                .build());
  }

  KeyOptions.Builder options() {
    return KeyOptions.builder()
        .client(kms())
        .replicaClients(this::kms)
        .wrappingKeySpec(WrappingKeySpec.RSA_2048) // quickly made
        .keyMaterial(KeyApplication::material);
  }

  /** Other material for every run, the same for one run, as a vault would keep it. */
  static byte[] material(KeyMaterialRequest request) {
    return sha256("material of run " + request.runId());
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  RotationPlanner<KeyTarget> planner(String key, RotationReason reason) {
    return RotationPlanner.forKey(key)
        .because(reason)
        .with(options().build())
        .kmsClient(kms())
        .calls(quick());
  }

  RotationPlanner<KeyMaterialTarget> materialPlanner() {
    return RotationPlanner.forKeyMaterial(KeyWorld.ALIAS)
        .with(materialOptions())
        .kmsClient(kms())
        .calls(quick());
  }

  private KeyMaterialOptions materialOptions() {
    return KeyMaterialOptions.builder()
        .client(kms())
        .wrappingKeySpec(WrappingKeySpec.RSA_2048)
        .keyMaterial(request -> sha256(KeyWorld.FIRST_MATERIAL))
        .build();
  }

  /** For the only key that there is. */
  RotationPlanner<KeyRetirementTarget> retirementPlanner() {
    return RotationPlanner.forKeyRetirement(kms().listKeys().keys().get(0).keyArn())
        .with(retirementOptions())
        .kmsClient(kms())
        .calls(quick());
  }

  private KeyRetirementOptions retirementOptions() {
    return KeyRetirementOptions.builder().client(kms()).observeFor(Duration.ofHours(1)).build();
  }

  RotationRunner.Builder runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(journal))
        .with(options().build())
        .with(materialOptions())
        .with(retirementOptions())
        .calls(quick());
  }

  static AwsCallSettings quick() {
    return AwsCallSettings.builder()
        .callsPerSecond(1_000)
        .firstPause(Duration.ofMillis(1))
        .longestPause(Duration.ofMillis(10))
        .build();
  }

  @Override
  public void close() {
    clients.values().forEach(KmsClient::close);
  }
}
