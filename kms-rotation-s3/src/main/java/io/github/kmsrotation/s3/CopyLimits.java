package io.github.kmsrotation.s3;

/**
 * How much is copied by one call.
 *
 * @param mostAtOnce the largest object that {@code CopyObject} takes, in bytes
 * @param usualPart how large parts are if their number allows it, in bytes
 */
record CopyLimits(long mostAtOnce, long usualPart) {

  /**
   * S3 takes 5 GiB at once and 10,000 parts of 5 MiB to 5 GiB, so 48.8 TiB. The usual part is of
   * 128 MiB: 40 of the smallest object that needs them, about as many as there are calls at once.
   *
   * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html">Amazon S3
   *     multipart upload limits</a>
   */
  static final CopyLimits OF_S3 = new CopyLimits(5L << 30, 128L << 20);

  private static final int MOST_PARTS = 10_000;
  private static final long MIB = 1L << 20;

  /** How large each part but the last is: a whole number of MiB. */
  long partSize(long size) {
    long least = (size + MOST_PARTS - 1) / MOST_PARTS;
    return Math.max(usualPart, (least + MIB - 1) / MIB * MIB);
  }
}
