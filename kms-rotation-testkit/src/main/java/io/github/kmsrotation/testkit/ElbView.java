package io.github.kmsrotation.testkit;

import java.util.Map;

/** What a test can see of the embedded Elastic Load Balancing, and do to it. */
public interface ElbView {

  /**
   * Makes a target group of instances behind a load balancer.
   *
   * @param name its name
   * @param port where targets listen unless they are registered with another port
   * @return its ARN
   */
  String targetGroup(String name, int port);

  /**
   * Makes a target group that no load balancer sends traffic to.
   *
   * @param name its name
   * @return its ARN
   */
  String unusedTargetGroup(String name);

  /**
   * The targets of a group.
   *
   * @param targetGroupArn a target group
   * @return the state of every target, by {@code instance:port}
   */
  Map<String, String> targets(String targetGroupArn);

  /**
   * Makes an instance fail its health checks.
   *
   * @param instanceId the instance
   */
  void failHealthChecks(String instanceId);
}
