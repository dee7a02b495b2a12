package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.ebs.EbsOptions;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.rds.RdsOptions;
import io.github.kmsrotation.retire.KeyRetirementOptions;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.Approver;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.Sleeper;
import io.github.kmsrotation.s3.S3KeySearch;
import io.github.kmsrotation.s3.S3Options;
import java.nio.file.Path;
import java.time.Clock;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.s3.S3Client;

/** How an application retires the key that its data was under before. */
final class FormerKeyRetirement {

  private final KmsClient kms;
  private final KeyRetirementOptions options;

  FormerKeyRetirement(KmsClient kms, RdsClient rds, Ec2Client ec2, S3Client s3) {
    this.kms = kms;
    EbsOptions ebsOptions = EbsOptions.builder().client(ec2).build();
    RdsOptions rdsOptions = RdsOptions.builder().client(rds).build();
    // README {
    S3Options s3Options =
        S3Options.builder()
            .client(s3) // not in README
            .keySearch(S3KeySearch.everyVersion())
            .build();

    KeyRetirementOptions options =
        KeyRetirementOptions.builder()
            .client(kms) // not in README
            .with(rdsOptions)
            .with(ebsOptions)
            .with(s3Options)
            .iAcceptThatTheKeyWasUsedLately()
            .build();
    // README }
    this.options = options;
  }

  RotationPlan plan(String formerKey, Clock clock) {
    // README {
    RotationPlan plan =
        RotationPlanner.forKeyRetirement(formerKey)
            .with(options)
            .kmsClient(kms) // not in README
            .clock(clock) // not in README
            .plan();
    // README }
    return plan;
  }

  RotationRunner runner(Path journal, Approver askOwnerOfKey, Clock clock, Sleeper sleeper) {
    // README {
    RotationRunner runner =
        RotationRunner.builder()
            .journal(FileJournal.in(journal))
            .with(options)
            .approval(Approvals.before(Phase.CUTOVER, Phase.RETIRE, askOwnerOfKey))
            .clock(clock) // not in README
            .sleeper(sleeper) // not in README
            .build();
    // README }
    return runner;
  }
}
