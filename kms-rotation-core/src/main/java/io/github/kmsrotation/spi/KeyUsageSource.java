package io.github.kmsrotation.spi;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.StrategyOptions;
import java.util.List;
import java.util.Optional;

/**
 * Knows what one AWS service keeps under a KMS key, so that no key is retired under it. Found with
 * {@link java.util.ServiceLoader}, so an implementation has a public constructor without
 * parameters. Changes nothing. Safe for use by several threads.
 */
public interface KeyUsageSource {

  /**
   * Which service this is, and whose options it takes.
   *
   * @return a stable lower-case word, for example {@code rds}
   */
  String kind();

  /**
   * What is looked at, for people: whatever it does not name may use the key all the same.
   *
   * @return for example {@code DB instances and DB snapshots}; the kind by default
   */
  default String covers() {
    return kind();
  }

  /**
   * Looks at everything that the caller's account has in the key's Region. A source that takes
   * several looks answers with {@link KeyUse#unseen} for one that AWS denied, and makes the others.
   *
   * @param key the key
   * @param reader makes the calls
   * @param options the options of this kind that the caller gave, or empty for the defaults
   * @return what uses the key, or may; empty if nothing does
   * @throws io.github.kmsrotation.error.MissingPermissionException if AWS denied the only look
   * @throws io.github.kmsrotation.aws.AwsUnavailableException if AWS kept failing
   * @throws IllegalArgumentException if the options are not of this kind's type
   */
  List<KeyUse> find(KeyArn key, AwsReader reader, Optional<StrategyOptions<?>> options);
}
