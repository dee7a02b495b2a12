package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.s3.S3Options;
import java.nio.file.Path;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

/** How an application moves the objects of a bucket to another key. */
final class BucketRotation {

  private final KmsClient kms;
  private final S3Options options;

  BucketRotation(KmsClient kms, S3Client s3, Path reports) {
    this.kms = kms;
    // README {
    S3Options options =
        S3Options.builder()
            .client(s3) // not in README
            .concurrency(50)
            .reportIn(reports)
            .build();
    // README }
    this.options = options;
  }

  RotationPlan plan() {
    // README {
    RotationPlan plan =
        RotationPlanner.forS3("orders-archive")
            .because(RotationReason.NEW_KEY_REQUESTED)
            .toKey("alias/orders-2026")
            .with(options)
            .kmsClient(kms) // not in README
            .plan();
    // README }
    return plan;
  }

  RotationRunner runner(Path journal) {
    return RotationRunner.builder().journal(FileJournal.in(journal)).with(options).build();
  }
}
