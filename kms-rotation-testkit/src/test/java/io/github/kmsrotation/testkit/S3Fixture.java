package io.github.kmsrotation.testkit;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Instant;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/** An embedded AWS whose clock a test turns, clients for S3 and KMS, and a bucket. */
abstract class S3Fixture {

  static final String BUCKET = "orders-archive";
  static final String DATA = "the data of an order";

  final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  final S3Client s3 = Clients.of(S3Client.builder(), aws);
  final KmsClient kms = Clients.of(KmsClient.builder(), aws);

  @BeforeEach
  void createBucket() {
    create(BUCKET);
  }

  @AfterEach
  void close() {
    s3.close();
    kms.close();
    aws.close();
  }

  final void create(String bucket) {
    s3.createBucket(
        r -> r.bucket(bucket).createBucketConfiguration(c -> c.locationConstraint(aws.region())));
  }

  final void setDefault(Consumer<ServerSideEncryptionRule.Builder> change) {
    ServerSideEncryptionRule rule =
        ServerSideEncryptionRule.builder().applyMutation(change).build();
    s3.putBucketEncryption(
        r -> r.bucket(BUCKET).serverSideEncryptionConfiguration(c -> c.rules(rule)));
  }

  final void put(String key) {
    s3.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString(DATA));
  }

  final String get(String key) {
    return s3.getObjectAsBytes(r -> r.bucket(BUCKET).key(key)).asUtf8String();
  }

  final HeadObjectResponse head(String key) {
    return s3.headObject(r -> r.bucket(BUCKET).key(key));
  }

  final String newKey() {
    return kms.createKey().keyMetadata().arn();
  }

  static void assertRefused(ThrowingCallable call, int status, String code) {
    Assertions.assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              Assertions.assertThat(e.statusCode()).isEqualTo(status);
              Assertions.assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
            });
  }
}
