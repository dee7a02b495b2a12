package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.kms.KmsService.Usability;
import io.github.kmsrotation.testkit.postgres.DataDirectories;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Creating, copying, describing and deleting DB snapshots. */
final class RdsSnapshots {

  /**
   * What can be asked for. Nothing is shared, public or of AWS Backup here.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html">
   *     DescribeDBSnapshots</a>
   */
  private static final Set<String> TYPES =
      Set.of("automated", "manual", "shared", "public", "awsbackup");

  private final RdsStore store;

  RdsSnapshots(RdsStore store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateDBSnapshot",
        Operation.write(this::create, "DBSnapshotIdentifier", "DBInstanceIdentifier", "Tags"));
    operations.put(
        "CopyDBSnapshot",
        Operation.write(
            this::copy,
            "SourceDBSnapshotIdentifier",
            "TargetDBSnapshotIdentifier",
            "KmsKeyId",
            "Tags",
            "CopyTags"));
    operations.put(
        "DescribeDBSnapshots",
        Operation.read(
            this::describe,
            "DBSnapshotIdentifier",
            "DBInstanceIdentifier",
            "SnapshotType",
            "MaxRecords",
            "Marker"));
    operations.put("DeleteDBSnapshot", Operation.write(this::delete, "DBSnapshotIdentifier"));
  }

  private Map<String, Object> create(AwsRequest request) {
    DbInstance instance = store.instance(request);
    RdsStore.requireAvailable(instance);
    DbSnapshot snapshot = take(instance, request.params().required("DBSnapshotIdentifier"));
    Tags.put(snapshot.tags, request.params());
    instance.status = "backing-up";
    store.later("CreateDBSnapshot", Takes.SNAPSHOT, () -> instance.status = "available");
    return store.answer(snapshot);
  }

  /** Holds what is in the database now, though it is available only later. */
  DbSnapshot take(DbInstance instance, String given) {
    DbSnapshot snapshot =
        new DbSnapshot(
            instance.region,
            store.newSnapshotIdentifier(instance.region, given),
            store.timeline.now());
    for (String name : RdsInstances.IN_SNAPSHOT) {
      Object value = instance.attributes.get(name);
      if (value != null) {
        snapshot.instanceAttributes.put(name, value);
      }
    }
    Map<String, Object> attributes = snapshot.attributes;
    attributes.put("DBInstanceIdentifier", instance.identifier);
    attributes.put("DbiResourceId", instance.resourceId);
    attributes.put("SnapshotType", "manual");
    attributes.put("SnapshotCreateTime", store.timeline.now().toString());
    attributes.put("Engine", instance.text("Engine"));
    attributes.put("AllocatedStorage", instance.attributes.getOrDefault("AllocatedStorage", 20));
    attributes.put("Encrypted", instance.is("StorageEncrypted"));
    if (instance.attributes.containsKey("KmsKeyId")) {
      attributes.put("KmsKeyId", instance.text("KmsKeyId"));
    }
    if (instance.is("CopyTagsToSnapshot")) {
      snapshot.tags.putAll(instance.tags);
    }
    instance.database.ifPresent(
        database -> {
          Path data = store.newDirectory("snapshot");
          database.snapshot(data);
          snapshot.data = Optional.of(data);
        });
    store.snapshots.put(RdsStore.key(snapshot.region, snapshot.identifier), snapshot);
    store.later("CreateDBSnapshot", Takes.SNAPSHOT, () -> finish(snapshot));
    return snapshot;
  }

  private static void finish(DbSnapshot snapshot) {
    snapshot.status = "available";
    snapshot.percent = 100;
  }

  private Map<String, Object> copy(AwsRequest request) {
    Params params = request.params();
    DbSnapshot source =
        store.snapshot(request.region(), params.required("SourceDBSnapshotIdentifier"));
    if (!source.status.equals("available")) {
      throw AwsError.badRequest(
          "InvalidDBSnapshotState", "DB snapshot " + source.identifier + " is not available.");
    }
    Optional<String> key =
        params.text("KmsKeyId").map(name -> store.requireKey(request.region(), name));
    DbSnapshot copy =
        new DbSnapshot(
            request.region(),
            store.newSnapshotIdentifier(
                request.region(), params.required("TargetDBSnapshotIdentifier")),
            store.timeline.now());
    copy.attributes.putAll(source.attributes);
    copy.instanceAttributes.putAll(source.instanceAttributes);
    copy.attributes.put("SourceDBSnapshotIdentifier", source.arn(store.accountId));
    copy.attributes.put("SnapshotCreateTime", store.timeline.now().toString());
    key.ifPresent(
        arn -> {
          copy.attributes.put("KmsKeyId", arn);
          copy.attributes.put("Encrypted", true);
        });
    if (params.truth("CopyTags").orElse(false)) {
      copy.tags.putAll(source.tags);
    }
    Tags.put(copy.tags, params);
    copy.data = source.data; // which nobody writes to
    store.snapshots.put(RdsStore.key(copy.region, copy.identifier), copy);
    store.later("CopyDBSnapshot", Takes.COPY, () -> finishCopy(copy));
    return store.answer(copy);
  }

  /** The keys are used until the end: a copy fails when one stops being usable meanwhile. */
  private void finishCopy(DbSnapshot copy) {
    Object key = copy.attributes.get("KmsKeyId");
    if (key != null) {
      Usability usability = store.kms.usability(copy.region, key.toString());
      if (usability.problem().isPresent()) {
        copy.status = "failed";
        return;
      }
    }
    finish(copy);
  }

  private static void checkType(Optional<String> type) {
    if (type.isPresent() && !TYPES.contains(type.get())) {
      throw AwsError.badRequest(
          "InvalidParameterValue", "Invalid snapshot type: " + type.get() + ".");
    }
  }

  private Map<String, Object> describe(AwsRequest request) {
    Params params = request.params();
    List<Map<String, Object>> found = new ArrayList<>();
    if (params.has("DBSnapshotIdentifier")) {
      found.add(
          store
              .snapshot(request.region(), params.required("DBSnapshotIdentifier"))
              .xml(store.accountId));
    } else {
      Optional<String> instance = params.text("DBInstanceIdentifier").map(RdsStore::lower);
      Optional<String> type = params.text("SnapshotType");
      checkType(type);
      for (DbSnapshot snapshot : store.snapshotsIn(request.region())) {
        boolean isOf =
            instance.isEmpty()
                || instance.get().equals(snapshot.attributes.get("DBInstanceIdentifier"));
        boolean isSuch =
            type.isEmpty() || type.get().equals(snapshot.attributes.get("SnapshotType"));
        if (isOf && isSuch) {
          found.add(snapshot.xml(store.accountId));
        }
      }
    }
    return RdsStore.page(params, "DBSnapshots", "DBSnapshot", found);
  }

  private Map<String, Object> delete(AwsRequest request) {
    DbSnapshot snapshot =
        store.snapshot(request.region(), request.params().required("DBSnapshotIdentifier"));
    if (!snapshot.status.equals("available") && !snapshot.status.equals("failed")) {
      throw AwsError.badRequest(
          "InvalidDBSnapshotState",
          "DB snapshot " + snapshot.identifier + " is " + snapshot.status);
    }
    store.snapshots.remove(RdsStore.key(snapshot.region, snapshot.identifier));
    if (store.snapshots.values().stream().noneMatch(other -> other.data.equals(snapshot.data))) {
      snapshot.data.ifPresent(DataDirectories::delete);
    }
    snapshot.status = "deleted";
    return store.answer(snapshot);
  }
}
