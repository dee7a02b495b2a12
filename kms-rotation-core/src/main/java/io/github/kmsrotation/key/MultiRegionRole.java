package io.github.kmsrotation.key;

/** A key's part in a set of multi-Region keys. */
public enum MultiRegionRole {
  /** It is no multi-Region key. */
  SINGLE_REGION,
  /** It is the primary key: rotation is set here for all. */
  PRIMARY,
  /** It is a replica key: it follows its primary. */
  REPLICA
}
