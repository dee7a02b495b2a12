package io.github.kmsrotation.s3;

/**
 * Your hook that has readers and writers use the replica instead of the source: a configuration
 * value, a DNS name, an access point. Called by one thread. Each method may be called again, after
 * a crash or when the run is resumed, so it has to be harmless to repeat; what it throws stops the
 * run, which can be resumed.
 *
 * <p>Switch writers with the readers, or before them: what is written to the source afterwards is
 * replicated still, and the run stops and names it; what is written to the replica is in the
 * replica alone.
 */
public interface ReaderSwitch {

  /**
   * Has everybody use the replica. Both buckets were compared before.
   *
   * @param sourceBucket the name of the bucket that serves now
   * @param replicaBucket the name of the bucket under the new key
   */
  void toReplica(String sourceBucket, String replicaBucket);

  /**
   * Has everybody use the source again, as the run is rolled back. What was written to the replica
   * meanwhile is not in the source: bring it there, or refuse by throwing.
   *
   * @param sourceBucket the name of the bucket that is to serve again
   * @param replicaBucket the name of the bucket under the new key
   */
  void toSource(String sourceBucket, String replicaBucket);
}
