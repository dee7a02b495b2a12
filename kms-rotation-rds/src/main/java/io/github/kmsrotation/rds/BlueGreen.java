package io.github.kmsrotation.rds;

/**
 * Whether a DB instance is rotated by an Amazon RDS blue/green deployment, whose green DB instance
 * RDS makes under the new key and keeps in sync, so that the switchover loses no write and takes
 * about a minute; or by DB snapshots, as the source document has it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_TargetResourceConfiguration.html">TargetResourceConfiguration</a>,
 *     whose {@code TargetKmsKeyId} is the new key
 */
public enum BlueGreen {
  /**
   * A deployment where what RDS asks of the DB instance is so; else DB snapshots, and the plan says
   * why. A {@code writeFreeze} or {@code verifyData} belongs to the way by DB snapshots, and has it
   * taken. The default, as it spares the outage.
   */
  PREFERRED,
  /** A deployment, or planning is refused with everything that is in its way. */
  REQUIRED,
  /** DB snapshots. */
  NEVER
}
