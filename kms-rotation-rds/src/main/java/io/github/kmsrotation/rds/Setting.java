package io.github.kmsrotation.rds;

import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.ModifyDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.RestoreDbInstanceFromDbSnapshotRequest;

/**
 * One setting of a DB instance: how it is read, and which calls can give it to a replacement.
 *
 * @param name AWS's name of it
 * @param read its value in words, the same for equal settings; empty if it is not set
 * @param restore gives the original's value to a restore
 * @param modify gives the original's value to a modification
 * @param applies whether the original's value is worth sending
 */
record Setting(
    String name,
    Function<DBInstance, String> read,
    BiConsumer<RestoreDbInstanceFromDbSnapshotRequest.Builder, DBInstance> restore,
    BiConsumer<ModifyDbInstanceRequest.Builder, DBInstance> modify,
    Predicate<DBInstance> applies) {

  String of(DBInstance instance) {
    return read.apply(instance);
  }

  boolean differs(DBInstance original, DBInstance replacement) {
    return !of(original).equals(of(replacement));
  }
}
