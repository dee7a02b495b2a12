package io.github.kmsrotation.testkit.autoscaling;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.QueryProtocol;
import io.github.kmsrotation.testkit.http.WireProtocol;
import java.util.LinkedHashMap;
import java.util.Map;

/** The embedded Amazon EC2 Auto Scaling. Used under the embedded AWS's lock. */
public final class AutoScalingService implements AwsService {

  private final WireProtocol protocol =
      new QueryProtocol("http://autoscaling.amazonaws.com/doc/2011-01-01/", "2011-01-01");
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  /**
   * @param timeline the time
   * @param ec2 the launch templates and the instances
   */
  public AutoScalingService(Timeline timeline, Ec2Service ec2) {
    LaunchConfigurations configurations = new LaunchConfigurations(timeline);
    configurations.define(operations);
    new GroupOperations(timeline, ec2, configurations).define(operations);
  }

  @Override
  public String name() {
    return "autoscaling";
  }

  @Override
  public WireProtocol protocol() {
    return protocol;
  }

  @Override
  public Map<String, Operation> operations() {
    return operations;
  }
}
