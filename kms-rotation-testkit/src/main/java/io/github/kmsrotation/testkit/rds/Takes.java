package io.github.kmsrotation.testkit.rds;

import java.time.Duration;

/** How long things take: the order of magnitude that RDS shows for a small database. */
final class Takes {

  static final Duration CREATE = Duration.ofMinutes(5);
  static final Duration SNAPSHOT = Duration.ofMinutes(3);
  static final Duration COPY = Duration.ofMinutes(4);
  static final Duration RESTORE = Duration.ofMinutes(8);
  static final Duration MODIFY = Duration.ofMinutes(1);
  static final Duration SWITCHOVER = Duration.ofSeconds(40);
  static final Duration RENAME = Duration.ofMinutes(2);
  static final Duration REBOOT = Duration.ofMinutes(1);
  static final Duration DELETE = Duration.ofMinutes(3);

  /** RDS goes on saying "available" for a while after it took a modification. */
  static final Duration UNTIL_VISIBLE = Duration.ofSeconds(20);

  private Takes() {}
}
