package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.s3.BatchManifest;
import io.github.kmsrotation.s3.BatchOperations;
import io.github.kmsrotation.s3.BucketKeys;
import io.github.kmsrotation.s3.S3Options;
import java.nio.file.Path;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3control.S3ControlClient;

/** How an application has S3 Batch Operations move the objects of a bucket to another key. */
final class BucketByBatch {

  private final KmsClient kms;
  private final S3Options options;

  BucketByBatch(KmsClient kms, S3Client s3, S3ControlClient s3Control, String roleArn) {
    this.kms = kms;
    // README {
    S3Options options =
        S3Options.builder()
            .client(s3) // not in README
            .bucketKeys(BucketKeys.ENABLE)
            .batchOperations(
                BatchOperations.builder(s3Control, roleArn, "batch-artifacts")
                    .manifest(BatchManifest.listed())
                    .verifyOneIn(1_000)
                    .build())
            .build();
    // README }
    this.options = options;
  }

  RotationPlan plan() {
    return RotationPlanner.forS3("orders-archive")
        .because(RotationReason.NEW_KEY_REQUESTED)
        .toKey("alias/orders-2026")
        .with(options)
        .kmsClient(kms)
        .plan();
  }

  RotationRunner.Builder runner(Path journal) {
    return RotationRunner.builder().journal(FileJournal.in(journal)).with(options);
  }
}
