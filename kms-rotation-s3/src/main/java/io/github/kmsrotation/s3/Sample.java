package io.github.kmsrotation.s3;

/**
 * Which versions are looked at: the same ones whenever a run is asked, and others in another run.
 *
 * @param oneIn of how many versions one is in it
 * @param seed of the run
 */
record Sample(int oneIn, int seed) {

  static Sample of(S3Step.Env env) {
    return new Sample(
        BatchPlan.of(env.plan().attributes()).map(BatchPlan::verifyOneIn).orElse(1),
        env.plan().runId().value().hashCode());
  }

  boolean isAll() {
    return oneIn == 1;
  }

  boolean has(VersionRef version) {
    return isAll() || Math.floorMod(mixed(version), oneIn) == 0;
  }

  /** So that keys which differ little are not all in it, or all out of it. */
  private int mixed(VersionRef version) {
    int hash = (version.key().hashCode() * 31 + version.versionId().hashCode()) ^ seed;
    hash = (hash ^ (hash >>> 16)) * 0x45d9f3b;
    hash = (hash ^ (hash >>> 16)) * 0x45d9f3b;
    return hash ^ (hash >>> 16);
  }
}
