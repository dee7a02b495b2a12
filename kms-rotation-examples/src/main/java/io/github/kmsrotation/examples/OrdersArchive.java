package io.github.kmsrotation.examples;

import static io.github.kmsrotation.examples.InstanceVolumes.local;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.testkit.EmbeddedAws;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Moves the objects of a bucket of the embedded AWS to another key, by {@link BucketRotation}. */
public final class OrdersArchive implements AutoCloseable {

  private static final String BUCKET = "orders-archive";
  private static final int OBJECTS = 300;

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final S3Client s3 = local(S3Client.builder(), aws);
  private final KmsClient kms = local(KmsClient.builder(), aws);

  private OrdersArchive() {}

  /**
   * Runs.
   *
   * @param args none
   * @throws Exception if anything goes wrong
   */
  public static void main(String[] args) throws Exception {
    try (OrdersArchive archive = new OrdersArchive()) {
      archive.fill();
      archive.print("Before");
      archive.rotate(Files.createTempDirectory("orders-archive"));
      archive.print("After");
    }
  }

  private void fill() {
    String former = kms.createKey().keyMetadata().arn();
    kms.createAlias(
        r -> r.aliasName("alias/orders-2026").targetKeyId(kms.createKey().keyMetadata().keyId()));
    s3.createBucket(
        r -> r.bucket(BUCKET).createBucketConfiguration(c -> c.locationConstraint(aws.region())));
    for (int i = 0; i < OBJECTS; i++) {
      String key = "2025/" + i;
      s3.putObject(
          r ->
              r.bucket(BUCKET)
                  .key(key)
                  .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                  .ssekmsKeyId(former),
          RequestBody.fromString("order " + i));
    }
  }

  private void rotate(Path directory) {
    BucketRotation rotation = new BucketRotation(kms, s3, directory);
    RotationPlan plan = rotation.plan();
    System.out.println(plan.describe());
    System.out.println(rotation.runner(directory).run(plan).requireComplete().describe());
  }

  private void print(String when) {
    Map<String, Integer> objects = new TreeMap<>();
    s3.listObjectsV2Paginator(r -> r.bucket(BUCKET))
        .contents()
        .forEach(
            object ->
                objects.merge(
                    s3.headObject(r -> r.bucket(BUCKET).key(object.key())).ssekmsKeyId(),
                    1,
                    Integer::sum));
    objects.forEach(
        (key, count) -> System.out.println(when + ": " + count + " objects under " + key));
  }

  @Override
  public void close() {
    s3.close();
    kms.close();
    aws.close();
  }
}
