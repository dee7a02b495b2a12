package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;
import software.amazon.awssdk.services.rds.model.Tag;

/**
 * Whether another run of the same DB instance is under way: two would freeze, thaw and rename
 * behind each other's backs. It is seen by what it made, which carries its tag and a name derived
 * from it. The final DB snapshot of a run that ended does not count.
 */
final class OtherRuns {

  private final Rds rds;
  private final RdsNames names;

  OtherRuns(Rds rds, RdsNames names) {
    this.rds = rds;
    this.names = names;
  }

  /**
   * Looks at what serves now, which another run's cutover made, and at the DB snapshots of it,
   * which a run keeps from its beginning to its end.
   */
  Optional<StepOutcome> obstacle(AwsReader reader, DBInstance serving) {
    return under(reader, serving)
        .map(other -> StepOutcome.blocked(text(other), "Nothing was done. " + remedy(other)));
  }

  Optional<RunId> under(AwsReader reader, DBInstance serving) {
    Optional<RunId> tagged = other(serving.tagList());
    return tagged.isPresent()
        ? tagged
        : snapshots(reader).stream().flatMap(this::madeBy).findFirst();
  }

  /** Looks at every DB instance, too: somebody may have deleted the other run's DB snapshots. */
  Optional<RunId> underAnywhere(AwsReader reader, DBInstance serving) {
    Optional<RunId> found = under(reader, serving);
    return found.isPresent() ? found : instances(reader).stream().flatMap(this::madeBy).findFirst();
  }

  static String text(RunId other) {
    return "Run " + other + " of the same DB instance is under way.";
  }

  static String remedy(RunId other) {
    return "Resume run "
        + other
        + " to its end or roll it back. If its journal is lost, delete what carries the tag "
        + RunId.TAG_KEY
        + "="
        + other
        + ", or take the tag off.";
  }

  private List<DBSnapshot> snapshots(AwsReader reader) {
    return reader.read(
        "rds:DescribeDBSnapshots",
        () ->
            rds
                .client()
                .describeDBSnapshotsPaginator(r -> r.dbInstanceIdentifier(names.original()))
                .dbSnapshots()
                .stream()
                .toList());
  }

  private List<DBInstance> instances(AwsReader reader) {
    return reader.read(
        "rds:DescribeDBInstances",
        () -> rds.client().describeDBInstancesPaginator().dbInstances().stream().toList());
  }

  private Stream<RunId> madeBy(DBSnapshot snapshot) {
    return other(snapshot.tagList())
        .filter(
            run -> {
              RdsNames theirs = new RdsNames(names.original(), run);
              return List.of(theirs.snapshot(), theirs.rekeyedSnapshot())
                  .contains(snapshot.dbSnapshotIdentifier());
            })
        .stream();
  }

  private Stream<RunId> madeBy(DBInstance instance) {
    return other(instance.tagList())
        .filter(
            run -> {
              RdsNames theirs = new RdsNames(names.original(), run);
              return List.of(theirs.replacement(), theirs.asideName())
                  .contains(instance.dbInstanceIdentifier());
            })
        .stream();
  }

  private Optional<RunId> other(List<Tag> tags) {
    return tags.stream()
        .filter(tag -> tag.key().equals(RunId.TAG_KEY))
        .flatMap(tag -> runId(tag.value()).stream())
        .filter(run -> !run.equals(names.runId()))
        .findFirst();
  }

  /** Anybody can tag anything: what no run can be called is no run's. */
  private static Optional<RunId> runId(String value) {
    try {
      return Optional.of(new RunId(value));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
