package io.github.kmsrotation.fleet;

import io.github.kmsrotation.spi.AwsQuota;

/**
 * How many places of AWS's quotas the runs of a fleet may take at a time: the quota's value, less
 * what others of the account use. Called once for each quota in each Region of each account, by the
 * threads that work.
 */
@FunctionalInterface
public interface QuotaSource {

  /**
   * The places.
   *
   * @param quota the quota
   * @param accountId whose
   * @param region where
   * @return 1 or more. What this throws, or a smaller number, fails the run that needs a place
   */
  int places(AwsQuota quota, String accountId, String region);

  /**
   * AWS's default values, the default: {@link AwsQuota#usual}.
   *
   * @return a source
   */
  static QuotaSource usual() {
    return (quota, accountId, region) -> quota.usual();
  }
}
