package io.github.kmsrotation.testkit.elb;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A target group of instances. Used under the embedded AWS's lock. */
final class TargetGroup {

  final String region;
  final String arn;
  final String name;
  final int port;

  /** Whether a load balancer sends traffic to it. */
  final boolean isUsed;

  Duration deregistrationDelay = Duration.ofMinutes(5);
  final Map<Key, Registration> registrations = new LinkedHashMap<>();

  /** An instance may be registered with several ports. */
  record Key(String instanceId, int port) {}

  /** Since when a target is registered, and since when it is no more, but drains. */
  record Registration(Instant since, Optional<Instant> drainingSince) {}

  TargetGroup(String region, String arn, String name, int port, boolean isUsed) {
    this.region = region;
    this.arn = arn;
    this.name = name;
    this.port = port;
    this.isUsed = isUsed;
  }

  /** Forgets what has drained. */
  void settle(Instant now) {
    registrations
        .values()
        .removeIf(
            r ->
                r.drainingSince()
                    .filter(since -> !now.isBefore(since.plus(deregistrationDelay)))
                    .isPresent());
  }
}
