package io.github.kmsrotation.testkit.elb;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state of a target.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html">Health
 *     checks</a>
 */
final class TargetHealth {

  /** Five checks, 30 seconds apart. */
  private static final Duration CHECKS_TAKE = Duration.ofSeconds(150);

  private static final Duration REGISTERING = Duration.ofSeconds(10);

  private final Timeline timeline;
  private final Ec2Service ec2;
  private final Set<String> failing = new HashSet<>();

  /** As the API tells it. */
  record State(String state, String reason) {
    Map<String, Object> xml() {
      Map<String, Object> xml = new LinkedHashMap<>();
      xml.put("State", state);
      if (!reason.isEmpty()) {
        xml.put("Reason", reason);
        xml.put("Description", "The reason is " + reason);
      }
      return xml;
    }
  }

  TargetHealth(Timeline timeline, Ec2Service ec2) {
    this.timeline = timeline;
    this.ec2 = ec2;
  }

  void fail(String instanceId) {
    failing.add(instanceId);
  }

  State of(TargetGroup group, TargetGroup.Key key) {
    TargetGroup.Registration registration = group.registrations.get(key);
    if (registration == null) {
      return new State("unused", "Target.NotRegistered");
    }
    if (registration.drainingSince().isPresent()) {
      return new State("draining", "Target.DeregistrationInProgress");
    }
    if (!group.isUsed) {
      return new State("unused", "Target.NotInUse");
    }
    Optional<String> instance = ec2.instanceState(group.region, key.instanceId());
    if (!instance.equals(Optional.of("running"))) {
      return new State("unused", "Target.InvalidState");
    }
    return checked(registration.since(), key.instanceId());
  }

  private State checked(Instant since, String instanceId) {
    Instant now = timeline.now();
    if (now.isBefore(since.plus(REGISTERING))) {
      return new State("initial", "Elb.RegistrationInProgress");
    }
    if (now.isBefore(since.plus(CHECKS_TAKE))) {
      return new State("initial", "Elb.InitialHealthChecking");
    }
    return failing.contains(instanceId)
        ? new State("unhealthy", "Target.FailedHealthChecks")
        : new State("healthy", "");
  }
}
