package io.github.kmsrotation.testkit.ec2;

/**
 * Quotas of an account in a Region that the embedded EC2 holds, with AWS's default values.
 *
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html">Quotas
 *     for Amazon EBS</a>
 */
public enum Ec2Quota {
  /** Snapshots: 100,000. What is beyond it is answered with {@code SnapshotLimitExceeded}. */
  SNAPSHOTS(100_000),

  /** GiB of all volumes of one type: 50 TiB. Beyond it: {@code VolumeLimitExceeded}. */
  STORAGE_GIB_OF_A_TYPE(50 * 1024),

  /** Snapshots of one volume that are pending: 5, but 1 for st1 and sc1. */
  PENDING_SNAPSHOTS_OF_A_VOLUME(5),

  /** Copies of snapshots that are pending: 20. Beyond it: {@code ResourceLimitExceeded}. */
  PENDING_COPIES(20);

  final int usual;

  Ec2Quota(int usual) {
    this.usual = usual;
  }
}
