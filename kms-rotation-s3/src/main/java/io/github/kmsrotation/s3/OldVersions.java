package io.github.kmsrotation.s3;

/**
 * What becomes of the version that a rewritten object had before, where a bucket has versions. It
 * stays encrypted as it was: not at all, under DSSE-KMS, or under a customer-provided key.
 *
 * <p>Versions that were old already when the run began are never rewritten and never deleted: a
 * copy of one becomes the current version, so that readers would get old content until all newer
 * ones had been copied over it, with the writes of others in between.
 */
public enum OldVersions {
  /** They stay, and are listed. */
  KEEP,
  /**
   * In phase RETIRE, and only if that is approved as irreversible: the versions whose copies this
   * run made are deleted, by their version ids. Each is looked at first: its copy has to be there,
   * under the new key, with the same size and an equal checksum of the same algorithm and type, and
   * Object Lock must not hold it. What does not pass stays and is listed, and so does what a run
   * that was killed had no time to note. Needs {@link S3Options.Builder#reportIn}.
   */
  DELETE_SUPERSEDED
}
