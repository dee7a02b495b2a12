package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Why a DB instance is not rotated by a blue/green deployment. What RDS checks beyond that, it says
 * when it is asked for one, and the original serves on.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-considerations.html">Limitations
 *     and considerations</a>
 */
final class BlueGreenFitness {

  private static final Set<String> ENGINES = Set.of("postgres", "mysql", "mariadb");

  /** RDS adds {@code -green-} and six characters to a name, of which it allows 63. */
  private static final int LONGEST_NAME = 50;

  private BlueGreenFitness() {}

  /** What RDS does not do; none if it can. */
  static List<String> obstacles(DBInstance original, Rds rds, AwsReader reader, RdsNames names) {
    List<String> obstacles = new ArrayList<>();
    if (!ENGINES.contains(original.engine())) {
      obstacles.add(
          "RDS has blue/green deployments for "
              + ENGINES.stream().sorted().toList()
              + ", and its engine is "
              + original.engine()
              + ".");
    }
    if (original.backupRetentionPeriod() == null || original.backupRetentionPeriod() == 0) {
      obstacles.add("Automated backups are off, which a green DB instance is made from.");
    }
    if (original.masterUserSecret() != null) {
      obstacles.add("RDS manages its master password, which blue/green deployments do without.");
    }
    if (names.original().length() > LONGEST_NAME) {
      obstacles.add("Its name has more than " + LONGEST_NAME + " characters.");
    }
    String former = new RdsNames(names.original(), names.runId(), RdsWay.BLUE_GREEN).asideName();
    if (rds.instance(reader, former).isPresent()) {
      obstacles.add("There is a DB instance '" + former + "', as a switchover calls the former.");
    }
    return obstacles;
  }

  /** What belongs to the way by DB snapshots, so that giving it asks for that. */
  static List<String> wishes(RdsOptions options) {
    List<String> wishes = new ArrayList<>();
    if (options.writeFreeze().isPresent()) {
      wishes.add("A writeFreeze is given, which a blue/green deployment does without.");
    }
    if (options.dataVerifier().isPresent()) {
      wishes.add(
          "verifyData is given, which compares both databases while nothing is written; a"
              + " blue/green deployment follows writes until the switchover.");
    }
    return wishes;
  }
}
