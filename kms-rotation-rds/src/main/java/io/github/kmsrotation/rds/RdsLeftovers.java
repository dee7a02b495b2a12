package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.spi.Leftover;
import io.github.kmsrotation.spi.Leftovers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.BlueGreenDeployment;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;
import software.amazon.awssdk.services.rds.model.Tag;

/**
 * DB instances, DB snapshots and blue/green deployments that carry a run's tag. What may go is told
 * by its name, too: the intermediate DB snapshots of a DB instance that is there, a replacement
 * that does not serve, of which a final DB snapshot is made, and a deployment that was not switched
 * over, with its green DB instance, which has taken no write but the original's.
 */
final class RdsLeftovers implements Leftovers {

  private final RdsClient client;
  private final Runnable closer;

  RdsLeftovers(RdsClient client, Runnable closer) {
    this.client = client;
    this.closer = closer;
  }

  @Override
  public List<Leftover> find(AwsReader reader) {
    List<DBInstance> instances =
        reader.read(
            "rds:DescribeDBInstances",
            () -> client.describeDBInstancesPaginator().dbInstances().stream().toList());
    List<DBSnapshot> snapshots =
        reader.read(
            "rds:DescribeDBSnapshots",
            () ->
                client
                    .describeDBSnapshotsPaginator(r -> r.snapshotType("manual"))
                    .dbSnapshots()
                    .stream()
                    .toList());
    Set<String> existing =
        instances.stream().map(DBInstance::dbInstanceIdentifier).collect(Collectors.toSet());
    List<Leftover> found = new ArrayList<>();
    for (DBInstance instance : instances) {
      run(instance.tagList()).ifPresent(run -> found.add(leftover(run, instance)));
    }
    for (DBSnapshot snapshot : snapshots) {
      run(snapshot.tagList()).ifPresent(run -> found.add(leftover(run, snapshot, existing)));
    }
    for (BlueGreenDeployment deployment : new Rds(client).deployments(reader)) {
      run(deployment.tagList()).ifPresent(run -> found.add(leftover(run, deployment, instances)));
    }
    return found;
  }

  private static Leftover leftover(
      RunId run, BlueGreenDeployment deployment, List<DBInstance> instances) {
    boolean isProtected =
        instances.stream()
            .filter(instance -> instance.dbInstanceArn().equals(deployment.target()))
            .anyMatch(RdsStep::isProtected);
    Optional<String> keep = Optional.empty();
    if (!deployment.status().equals(Deployments.AVAILABLE)) {
      keep = Optional.of("It is " + Deployments.inWords(deployment) + ".");
    } else if (isProtected) {
      keep = Optional.of("Its green DB instance is protected from deletion.");
    }
    return new Leftover(
        run,
        deployment.blueGreenDeploymentIdentifier(),
        "blue/green deployment "
            + deployment.blueGreenDeploymentName()
            + ", with its green DB instance",
        Deployments.DELETE,
        keep);
  }

  private static Optional<RunId> run(List<Tag> tags) {
    return tags.stream()
        .filter(tag -> tag.key().equals(RunId.TAG_KEY))
        .flatMap(tag -> RunId.ofTag(tag.value()).stream())
        .findFirst();
  }

  private static Leftover leftover(RunId run, DBInstance instance) {
    String identifier = instance.dbInstanceIdentifier();
    Optional<String> keep = Optional.empty();
    if (!identifier.endsWith(replacementSuffix(run))) {
      keep = Optional.of("It has not the name of a replacement that does not serve.");
    } else if (!Rds.isAvailable(instance)) {
      keep = Optional.of("It is " + instance.dbInstanceStatus() + ".");
    } else if (Boolean.TRUE.equals(instance.deletionProtection())) {
      keep = Optional.of("It is protected from deletion.");
    }
    return new Leftover(
        run,
        identifier,
        "DB instance; the final DB snapshot " + rescueSnapshot(run, identifier) + " is made of it",
        Retirement.DELETE,
        keep);
  }

  private static Leftover leftover(RunId run, DBSnapshot snapshot, Set<String> existing) {
    String identifier = snapshot.dbSnapshotIdentifier();
    String of = snapshot.dbInstanceIdentifier();
    RdsNames names = new RdsNames(of, run);
    Optional<String> keep = Optional.empty();
    if (!List.of(names.snapshot(), names.rekeyedSnapshot()).contains(identifier)) {
      keep = Optional.of("It is none of the run's intermediate DB snapshots.");
    } else if (!existing.contains(of)) {
      keep = Optional.of("There is no DB instance '" + of + "': it may be the only copy.");
    }
    return new Leftover(run, identifier, "DB snapshot of " + of, SnapshotStep.DELETE, keep);
  }

  private static String replacementSuffix(RunId run) {
    return "-" + run.value() + "-new";
  }

  private static String rescueSnapshot(RunId run, String replacement) {
    String suffix = replacementSuffix(run);
    return replacement.endsWith(suffix)
        ? new RdsNames(replacement.substring(0, replacement.length() - suffix.length()), run)
            .rescueSnapshot()
        : "";
  }

  @Override
  public void remove(Leftover leftover) {
    String id = leftover.resource();
    if (leftover.operation().equals(Deployments.DELETE)) {
      client.deleteBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id).deleteTarget(true));
    } else if (leftover.operation().equals(Retirement.DELETE)) {
      client.deleteDBInstance(
          r ->
              r.dbInstanceIdentifier(id)
                  .skipFinalSnapshot(false)
                  .finalDBSnapshotIdentifier(rescueSnapshot(leftover.run(), id)));
    } else {
      client.deleteDBSnapshot(r -> r.dbSnapshotIdentifier(id));
    }
  }

  @Override
  public void close() {
    closer.run();
  }
}
