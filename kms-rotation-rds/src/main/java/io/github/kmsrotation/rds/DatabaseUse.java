package io.github.kmsrotation.rds;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.rds.model.DBCluster;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.MasterUserSecret;

/** What a DB instance or a DB cluster may have under a key, and what to do about it. */
enum DatabaseUse {
  STORAGE(
      "Its storage is under the key, which RDS does not change: restore a DB cluster snapshot of it"
          + " under another key (RestoreDBClusterFromSnapshot with KmsKeyId), move its clients"
          + " there, and delete it."),
  INSIGHTS(
      "Its Performance Insights data is under the key, which RDS does not change while that is on:"
          + " disable it, and enable it with another key."),
  SECRET(
      "The secret with its master password is under the key, which RDS does not change:"
          + " turn ManageMasterUserPassword off, and on again with another key."),
  ACTIVITY_STREAM("Its activity stream is under the key: stop it, and start it with another key.");

  private static final String STORAGE_OF_AN_INSTANCE =
      "Its storage is under the key: rotate it to another (RotationPlanner.forRds), or delete it.";

  private final String what;

  DatabaseUse(String what) {
    this.what = what;
  }

  static void look(DBCluster cluster, KeyLook look) {
    for (DatabaseUse use : of(cluster, look)) {
      look.addIf(
          use.key(cluster),
          "DB cluster " + cluster.dbClusterIdentifier() + " (" + cluster.engine() + ")",
          use.what);
    }
  }

  /**
   * @param cluster of which the DB instance is a member; what its members share is its own
   */
  static void look(DBInstance instance, Optional<DBCluster> cluster, KeyLook look) {
    Set<DatabaseUse> ofCluster =
        cluster.map(c -> of(c, look)).orElseGet(() -> EnumSet.noneOf(DatabaseUse.class));
    boolean isMember = instance.dbClusterIdentifier() != null;
    String name =
        "DB instance "
            + instance.dbInstanceIdentifier()
            + (isMember ? " of DB cluster " + instance.dbClusterIdentifier() : "");
    for (DatabaseUse use : values()) {
      if (!ofCluster.contains(use)) {
        look.addIf(
            use.key(instance),
            name,
            use == STORAGE && !isMember ? STORAGE_OF_AN_INSTANCE : use.what);
      }
    }
  }

  private static Set<DatabaseUse> of(DBCluster cluster, KeyLook look) {
    Set<DatabaseUse> uses = EnumSet.noneOf(DatabaseUse.class);
    for (DatabaseUse use : values()) {
      if (look.isTheKey(use.key(cluster))) {
        uses.add(use);
      }
    }
    return uses;
  }

  private @Nullable String key(DBCluster cluster) {
    return switch (this) {
      case STORAGE -> cluster.kmsKeyId();
      case INSIGHTS -> cluster.performanceInsightsKMSKeyId();
      case SECRET -> key(cluster.masterUserSecret());
      case ACTIVITY_STREAM -> cluster.activityStreamKmsKeyId();
    };
  }

  private @Nullable String key(DBInstance instance) {
    return switch (this) {
      case STORAGE -> instance.kmsKeyId();
      case INSIGHTS -> instance.performanceInsightsKMSKeyId();
      case SECRET -> key(instance.masterUserSecret());
      case ACTIVITY_STREAM -> instance.activityStreamKmsKeyId();
    };
  }

  static @Nullable String key(@Nullable MasterUserSecret secret) {
    return secret == null ? null : secret.kmsKeyId();
  }
}
