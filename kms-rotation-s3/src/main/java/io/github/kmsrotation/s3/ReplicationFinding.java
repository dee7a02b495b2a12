package io.github.kmsrotation.s3;

/**
 * What a version, or delete marker, of the source is in the destination.
 *
 * @param verdict which
 * @param detail more of it, for people
 */
record ReplicationFinding(Verdict verdict, String detail) {

  /** The names of those after {@link #GONE} stand in reports. */
  enum Verdict {
    /** Its replica has its content and all that belongs to it, under the new key. */
    SAME("replicated, under the new key"),
    /** Not looked at, as it does not matter to the step. */
    PASSED_OVER("not looked at again"),
    /** S3 is at it. */
    PENDING("still being replicated"),
    /** Deleted by somebody else since it was listed. */
    GONE("deleted meanwhile"),
    /** As {@link #SAME}, and written to the source when the replica served already. */
    LATE("written to the source after the switch"),
    /** S3 tried and could not. */
    FAILED("replication failed"),
    /** No rule takes it, or it was never tried. */
    NOT_REPLICATED("not replicated"),
    /** Replicated, and something about it is not the same. */
    DIFFERENT("replicated, and different"),
    /** Replicated, and under another key. */
    OTHER_KEY("replicated, and not under the new key"),
    /** What S3 shows to nobody without the customer's key. */
    UNSEEN("under a customer-provided key, so it cannot be looked at, and is under that key still"),
    /** In the destination and not in the source. */
    EXTRA("in the destination alone"),
    /** AWS did not let it be looked at. */
    REFUSED("refused by AWS");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }

    boolean isReported() {
      return compareTo(GONE) > 0;
    }
  }

  ReplicationFinding(Verdict verdict) {
    this(verdict, "");
  }
}
