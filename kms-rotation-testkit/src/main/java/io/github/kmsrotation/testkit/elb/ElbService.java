package io.github.kmsrotation.testkit.elb;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.QueryProtocol;
import io.github.kmsrotation.testkit.http.WireProtocol;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The embedded Elastic Load Balancing. Used under the embedded AWS's lock. */
public final class ElbService implements AwsService {

  private final WireProtocol protocol =
      new QueryProtocol("http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/", "2015-12-01");
  private final Map<String, Operation> operations = new LinkedHashMap<>();
  private final TargetGroups groups;
  private final TargetHealth health;
  private final Timeline timeline;

  /**
   * @param accountId the account of all resources
   * @param timeline the time
   * @param ec2 the instances
   */
  public ElbService(String accountId, Timeline timeline, Ec2Service ec2) {
    this.timeline = timeline;
    this.groups = new TargetGroups(accountId);
    this.health = new TargetHealth(timeline, ec2);
    groups.define(operations);
    new TargetOperations(timeline, ec2, groups, health).define(operations);
  }

  @Override
  public String name() {
    return "elasticloadbalancing";
  }

  @Override
  public WireProtocol protocol() {
    return protocol;
  }

  @Override
  public Map<String, Operation> operations() {
    return operations;
  }

  /**
   * For tests.
   *
   * @param region where
   * @param name of a new target group of instances
   * @param port where its targets listen unless they are registered with another
   * @param isUsed whether a load balancer sends traffic to it
   * @return its ARN
   */
  public String create(String region, String name, int port, boolean isUsed) {
    return groups.create(region, name, port, isUsed).arn;
  }

  /**
   * For tests.
   *
   * @param instanceId fails health checks from now on
   */
  public void failHealthChecks(String instanceId) {
    health.fail(instanceId);
  }

  /**
   * For tests.
   *
   * @param arn a target group
   * @return the state of every target, by {@code instance:port}
   */
  public Map<String, String> targets(String arn) {
    TargetGroup group = groups.byArn(arn);
    group.settle(timeline.now());
    Map<String, String> states = new TreeMap<>();
    for (TargetGroup.Key key : group.registrations.keySet()) {
      states.put(key.instanceId() + ":" + key.port(), health.of(group, key).state());
    }
    return states;
  }
}
