package io.github.kmsrotation.s3;

/**
 * What is to be done with a version of an object, or was.
 *
 * @param verdict which
 * @param detail more of it, for people: until when, or what AWS answered
 */
record Finding(Verdict verdict, String detail) {

  /** The names of those after {@link #GONE} stand in reports. */
  enum Verdict {
    /** Under the new key, as it is to be. */
    UNDER_NEW_KEY("under the new key"),
    /** Can be moved by {@code UpdateObjectEncryption}. */
    TO_MOVE("not under the new key"),
    /** Was moved just now. */
    MOVED("moved to the new key"),
    /** Was copied to its own place just now. */
    REWRITTEN("rewritten under the new key"),
    /** An older version, which only the step before may move. */
    NOT_CURRENT("not the current version, which alone can be rewritten"),
    /** Too large for one call; the step after this one copies it in parts. */
    IN_PARTS("larger than 5 GiB, so it is copied in parts"),
    /** Under another key than the one whose objects the plan is for. */
    OUT_OF_SCOPE("not under the key whose objects are moved"),
    /** A superseded version that was deleted just now. */
    DELETED("superseded, and deleted"),
    /** Of a sample that it is not in. */
    NOT_IN_SAMPLE("not looked at, as they are not in the sample"),
    /** Deleted by somebody else since it was listed. */
    GONE("deleted meanwhile"),
    /** Object Lock protects it. */
    OBJECT_LOCK("under Object Lock"),
    /** Not encrypted at all. */
    UNENCRYPTED("not encrypted, so it would have to be rewritten"),
    /** Encrypted twice. */
    DSSE_KMS("under DSSE-KMS, so it would have to be rewritten"),
    /** Under a key of the caller's. */
    SSE_C("under a customer-provided key, so it would have to be rewritten"),
    /** A copy of it would become the current one. */
    OLD_VERSION("an older version, of which a copy would become the current one"),
    /** Not to be rewritten while it is archived. */
    ARCHIVED("archived, so it would have to be restored (s3:RestoreObject) and rewritten"),
    /** It has what only a copy by one call carries over. */
    NOT_IN_PARTS("larger than 5 GiB, with what a copy in parts would lose"),
    /** It would lose a grant that a copy cannot be given. */
    ACL_NOT_COPYABLE("with an ACL that a copy cannot be given"),
    /** A copy took its place, which was not seen to be its equal. */
    SUPERSEDED("superseded by a copy, and kept"),
    /** Changed by others whenever it was to be rewritten. */
    CHANGING("written by others each time it was to be rewritten"),
    /** Encrypted in a way that this version does not know. */
    UNKNOWN_ENCRYPTION("encrypted in a way that is not known here"),
    /** AWS did not let it be looked at or moved: the one verdict that stops a run. */
    FAILED("refused by AWS");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }

    boolean needsRewriting() {
      return this == UNENCRYPTED || this == DSSE_KMS || this == SSE_C;
    }

    /** Left as it is for what it is: trying again would not help. */
    boolean isLeft() {
      return compareTo(GONE) > 0 && this != FAILED;
    }

    boolean isReported() {
      return compareTo(GONE) > 0;
    }
  }

  Finding(Verdict verdict) {
    this(verdict, "");
  }

  /**
   * Decides.
   *
   * @param object what is known of it
   * @param keyArn the new key
   * @param bucketKeys what becomes of Bucket Keys
   */
  static Finding decide(Encrypted object, String keyArn, BucketKeys bucketKeys) {
    return switch (object.kind()) {
      case NONE -> new Finding(Verdict.UNENCRYPTED);
      case DSSE_KMS -> new Finding(Verdict.DSSE_KMS, object.keyArn().orElse(""));
      case SSE_C -> new Finding(Verdict.SSE_C);
      case OTHER -> new Finding(Verdict.UNKNOWN_ENCRYPTION);
      case SSE_S3, SSE_KMS -> decideMovable(object, keyArn, bucketKeys);
    };
  }

  private static Finding decideMovable(Encrypted object, String keyArn, BucketKeys bucketKeys) {
    boolean isUnderKey = object.keyArn().filter(keyArn::equals).isPresent();
    if (isUnderKey && object.hasBucketKey() == wantsBucketKey(object, bucketKeys)) {
      return new Finding(Verdict.UNDER_NEW_KEY);
    }
    return object
        .lock()
        .map(lock -> new Finding(isUnderKey ? Verdict.UNDER_NEW_KEY : Verdict.OBJECT_LOCK, lock))
        .orElseGet(() -> new Finding(Verdict.TO_MOVE));
  }

  /** Whether an object is to have a Bucket Key. */
  static boolean wantsBucketKey(Encrypted object, BucketKeys bucketKeys) {
    return switch (bucketKeys) {
      case ENABLE -> true;
      case DISABLE -> false;
      case KEEP -> object.kind() == Encrypted.Kind.SSE_S3 || object.hasBucketKey();
    };
  }
}
