package io.github.kmsrotation.testkit;

import java.util.Map;
import java.util.Optional;

/** What a test can see of the embedded RDS without calling it. */
public interface RdsView {

  /**
   * All DB instances.
   *
   * @return status by identifier
   */
  Map<String, String> instances();

  /**
   * All DB snapshots.
   *
   * @return status by identifier
   */
  Map<String, String> snapshots();

  /**
   * The master password that RDS manages, as Secrets Manager, which is not embedded, would tell it.
   *
   * @param secretArn the {@code SecretArn} of a DB instance's {@code MasterUserSecret}
   * @return the password; empty if there is no such secret
   */
  Optional<String> masterPassword(String secretArn);

  /**
   * Whatever this operation begins from now on stays under way for ever.
   *
   * @param operation for example {@code CopyDBSnapshot}
   */
  void neverFinish(String operation);
}
