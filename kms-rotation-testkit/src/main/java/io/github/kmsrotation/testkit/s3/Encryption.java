package io.github.kmsrotation.testkit.s3;

import java.util.Arrays;
import java.util.Map;

/**
 * How an object is encrypted, and its sealed data key, which is in two pieces: what it has in
 * common with other objects, and its own.
 *
 * @param kind the kind
 * @param keyArn the KMS key; empty if there is none
 * @param isBucketKey whether an S3 Bucket Key stands between the KMS key and the data key
 * @param context the additional encryption context that was given
 * @param customerKeyMd5 the digest of the customer's key in base64; empty if there is none
 * @param common what is shared
 * @param own what is not
 */
@SuppressWarnings("ArrayRecordComponent") // there are as many as objects, and nobody compares them
record Encryption(
    Kind kind,
    String keyArn,
    boolean isBucketKey,
    Map<String, String> context,
    String customerKeyMd5,
    byte[] common,
    byte[] own) {

  private static final byte[] NOTHING = {};

  /** The kinds, as {@code x-amz-server-side-encryption} has them. */
  enum Kind {
    NONE(""),
    SSE_S3("AES256"),
    SSE_KMS("aws:kms"),
    DSSE_KMS("aws:kms:dsse"),
    SSE_C("");

    private final String wire;

    Kind(String wire) {
      this.wire = wire;
    }

    String wire() {
      return wire;
    }

    boolean isKms() {
      return this == SSE_KMS || this == DSSE_KMS;
    }

    /** Whether the ETag is the MD5 digest of the object's data. */
    boolean hasMd5ETag() {
      return this == NONE || this == SSE_S3;
    }
  }

  /** An object from before January 2023, when S3 began to encrypt every new one. */
  static Encryption none() {
    return new Encryption(Kind.NONE, "", false, Map.of(), "", NOTHING, NOTHING);
  }

  static Encryption ofS3(byte[] own) {
    return new Encryption(Kind.SSE_S3, "", false, Map.of(), "", NOTHING, own);
  }

  byte[] sealed() {
    byte[] sealed = Arrays.copyOf(common, common.length + own.length);
    System.arraycopy(own, 0, sealed, common.length, own.length);
    return sealed;
  }

  @Override
  public String toString() {
    return kind + (keyArn.isEmpty() ? "" : " " + keyArn) + (isBucketKey ? " with Bucket Key" : "");
  }
}
