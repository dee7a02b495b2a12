package io.github.kmsrotation.testkit;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/** An embedded AWS whose clock a test turns, and clients for it. */
abstract class KmsFixture {

  static final SdkBytes SECRET = SdkBytes.fromUtf8String("hello");

  final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final List<KmsClient> clients = new ArrayList<>();
  final KmsClient kms = client(aws.region());

  final KmsClient client(String region) {
    KmsClient client =
        KmsClient.builder()
            .endpointOverride(aws.endpoint())
            .region(Region.of(region))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
            .build();
    clients.add(client);
    return client;
  }

  @AfterEach
  void close() {
    clients.forEach(KmsClient::close);
    aws.close();
  }

  final KeyMetadata describe(String key) {
    return kms.describeKey(r -> r.keyId(key)).keyMetadata();
  }

  final SdkBytes encrypt(String key) {
    return kms.encrypt(r -> r.keyId(key).plaintext(SECRET)).ciphertextBlob();
  }

  final SdkBytes decrypt(SdkBytes ciphertext) {
    return kms.decrypt(r -> r.ciphertextBlob(ciphertext)).plaintext();
  }
}
