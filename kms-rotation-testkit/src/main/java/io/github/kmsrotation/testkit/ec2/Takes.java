package io.github.kmsrotation.testkit.ec2;

import java.time.Duration;

/** How long things take: the order of magnitude that EC2 shows. AWS promises none of it. */
final class Takes {

  static final Duration VOLUME = Duration.ofSeconds(20);
  static final Duration ATTACH = Duration.ofSeconds(5);
  static final Duration DETACH = Duration.ofSeconds(10);
  static final Duration DELETE_VOLUME = Duration.ofSeconds(30);
  static final Duration INITIALIZE = Duration.ofMinutes(30);
  static final Duration COPY_VOLUME_INITIALIZE = Duration.ofMinutes(10);
  static final Duration MODIFY = Duration.ofMinutes(1);
  static final Duration OPTIMIZE = Duration.ofMinutes(5);
  static final Duration SNAPSHOT = Duration.ofMinutes(3);
  static final Duration COPY = Duration.ofMinutes(5);
  static final Duration LAUNCH = Duration.ofSeconds(40);
  static final Duration START = Duration.ofSeconds(30);
  static final Duration STOP = Duration.ofMinutes(1);
  static final Duration TERMINATE = Duration.ofMinutes(1);
  static final Duration REPLACE_ROOT = Duration.ofMinutes(2);
  static final Duration IMAGE = Duration.ofMinutes(6);
  static final Duration FAST_RESTORE_ENABLING = Duration.ofMinutes(1);
  static final Duration FAST_RESTORE_OPTIMIZING = Duration.ofMinutes(20);
  static final Duration FAST_RESTORE_DISABLING = Duration.ofMinutes(1);

  /** A terminated instance is shown for about an hour. */
  static final Duration REMEMBER_TERMINATED = Duration.ofHours(1);

  private Takes() {}
}
