package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * What hangs on the original and would not move to a replacement. Looked at when a plan is made,
 * and again before a run changes, takes over or deletes anything: approvals take days, in which
 * somebody may have added to it.
 */
final class Topology {

  private Topology() {}

  /** What is in the way, without a further call to AWS. */
  static List<Notice> problems(DBInstance original) {
    List<Notice> problems = new ArrayList<>();
    String name = original.dbInstanceIdentifier();
    if (original.dbClusterIdentifier() != null) {
      problems.add(
          new Notice(
              name,
              "It belongs to the DB cluster " + original.dbClusterIdentifier() + ".",
              "Its storage is the cluster's: rotate the cluster."));
    }
    if (original.readReplicaSourceDBClusterIdentifier() != null) {
      problems.add(
          new Notice(
              name,
              "It is a read replica of the DB cluster "
                  + original.readReplicaSourceDBClusterIdentifier()
                  + ".",
              "The replacement would not replicate: promote it first, or rotate the source."));
    }
    if (original.readReplicaSourceDBInstanceIdentifier() != null) {
      problems.add(
          new Notice(
              name,
              "It is a read replica of " + original.readReplicaSourceDBInstanceIdentifier() + ".",
              "A read replica in the same Region always carries its source's key: rotate the"
                  + " source."));
    }
    if (!original.readReplicaDBInstanceIdentifiers().isEmpty()
        || !original.readReplicaDBClusterIdentifiers().isEmpty()) {
      problems.add(
          new Notice(
              name,
              "It has read replicas: "
                  + original.readReplicaDBInstanceIdentifiers()
                  + original.readReplicaDBClusterIdentifiers()
                  + ". They would stay with the original.",
              "Delete them, rotate, and create them again from the rotated DB instance."));
    }
    return problems;
  }

  static Optional<Notice> deployment(AwsReader reader, Rds rds, DBInstance original) {
    String arn = original.dbInstanceArn();
    boolean isInOne =
        rds.deployments(reader).stream()
            .anyMatch(d -> arn.equals(d.source()) || arn.equals(d.target()));
    return isInOne
        ? Optional.of(
            new Notice(
                original.dbInstanceIdentifier(),
                "It is part of a blue/green deployment.",
                "Finish or delete the deployment."))
        : Optional.empty();
  }

  /** Stops a run whose plan was made before what is in its way now. */
  static Optional<StepOutcome> obstacle(AwsReader reader, Rds rds, DBInstance original) {
    return problems(original).stream()
        .findFirst()
        .or(() -> deployment(reader, rds, original))
        .map(
            problem ->
                StepOutcome.blocked(
                    "DB instance '"
                        + original.dbInstanceIdentifier()
                        + "' changed since the plan was made. "
                        + problem.text(),
                    problem.remedy() + " Then resume, or roll back."));
  }
}
