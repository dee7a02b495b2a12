package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Fast snapshot restores: from enabling by optimizing to enabled. AWS takes an hour a TiB; here it
 * is as long for every snapshot.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-fast-snapshot-restore.html">Fast
 *     snapshot restore</a>
 */
final class FastRestoreOperations {

  private final Ec2Store store;
  private final Listing<FastRestore> listing =
      Listing.<FastRestore>of()
          .by("snapshot-id", f -> f.snapshot.id)
          .by("availability-zone", f -> f.zone)
          .by("availability-zone-id", f -> Zones.id(f.zone))
          .by("owner-id", f -> f.snapshot.ownerId)
          .by("state", f -> f.state);

  FastRestoreOperations(Ec2Store store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "EnableFastSnapshotRestores",
        Ec2Rules.write(
            r -> change(r, this::enable),
            "AvailabilityZone",
            "AvailabilityZoneId",
            "SourceSnapshotId"));
    operations.put(
        "DisableFastSnapshotRestores",
        Ec2Rules.write(
            r -> change(r, this::disable),
            "AvailabilityZone",
            "AvailabilityZoneId",
            "SourceSnapshotId"));
    operations.put("DescribeFastSnapshotRestores", Ec2Rules.list(this::describe));
  }

  private Map<String, Object> change(
      AwsRequest request, BiFunction<Snapshot, String, FastRestore> change) {
    List<String> zones = zones(request);
    List<Snapshot> snapshots =
        Ec2Rules.requiredTexts(request.params(), "SourceSnapshotId").stream()
            .map(id -> store.snapshot(request.region(), id))
            .toList();
    for (Snapshot snapshot : snapshots) {
      if (!snapshot.is("completed")) {
        throw Ec2Rules.incorrectState(
            "Snapshot is in invalid state - " + snapshot.status + ": " + snapshot.id);
      }
    }
    Ec2Rules.endDryRun(request);
    List<Map<String, Object>> changed = new ArrayList<>();
    for (Snapshot snapshot : snapshots) {
      for (String zone : zones) {
        changed.add(change.apply(snapshot, zone).xml());
      }
    }
    return Map.of("successful", Ec2Rules.items(changed), "unsuccessful", Ec2Rules.items(List.of()));
  }

  private static List<String> zones(AwsRequest request) {
    Params params = request.params();
    String name = params.has("AvailabilityZoneId") ? "AvailabilityZoneId" : "AvailabilityZone";
    return Ec2Rules.requiredTexts(params, name).stream()
        .map(zone -> Zones.zone(request.region(), zone))
        .toList();
  }

  private FastRestore enable(Snapshot snapshot, String zone) {
    FastRestore restore = new FastRestore(snapshot, zone, store.now());
    snapshot.fastRestores.put(zone, restore);
    store.later("EnableFastSnapshotRestores", Takes.FAST_RESTORE_ENABLING, () -> optimize(restore));
    return restore;
  }

  private void optimize(FastRestore restore) {
    if (restore.state.equals("enabling")) {
      restore.become("optimizing", store.now());
      store.timeline.after(
          Takes.FAST_RESTORE_OPTIMIZING,
          () -> {
            if (restore.state.equals("optimizing")) {
              restore.become("enabled", store.now());
            }
          });
    }
  }

  private FastRestore disable(Snapshot snapshot, String zone) {
    FastRestore restore = snapshot.fastRestores.get(zone);
    if (restore == null) {
      throw Ec2Rules.invalidValue(
          "Fast snapshot restore of " + snapshot.id + " is not enabled in " + zone + ".");
    }
    restore.become("disabling", store.now());
    store.timeline.after(
        Takes.FAST_RESTORE_DISABLING, () -> restore.become("disabled", store.now()));
    return restore;
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<FastRestore> all =
        store.in(request.region(), Snapshot.class).stream()
            .flatMap(snapshot -> snapshot.fastRestores.values().stream())
            .toList();
    return listing.page(request, "fastSnapshotRestoreSet", all, FastRestore::xml);
  }
}
