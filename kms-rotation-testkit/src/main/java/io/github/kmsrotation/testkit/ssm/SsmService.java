package io.github.kmsrotation.testkit.ssm;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.guest.Guests;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.JsonProtocol;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.WireProtocol;
import java.util.LinkedHashMap;
import java.util.Map;

/** The embedded Systems Manager. Used under the embedded AWS's lock. */
public final class SsmService implements AwsService, AutoCloseable {

  private final WireProtocol protocol = new JsonProtocol("AmazonSSM");
  private final Map<String, Operation> operations = new LinkedHashMap<>();
  private final Guests guests = new Guests();
  private final Agents agents;
  private final Commands commands;

  /**
   * @param timeline the time
   * @param ec2 the instances, on which scripts run from now on
   */
  public SsmService(Timeline timeline, Ec2Service ec2) {
    this.agents = new Agents(timeline, ec2);
    this.commands = new Commands(timeline, ec2, guests, agents);
    agents.define(operations);
    new SendOperation(timeline, commands, agents).define(operations);
    new CommandOperations(timeline, commands).define(operations);
    ec2.setGuest(guests);
  }

  @Override
  public String name() {
    return "ssm";
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
   * @param instanceId an instance whose agent does not answer any more
   */
  public void disconnect(String instanceId) {
    agents.disconnect(instanceId);
  }

  /** Ends all that runs on instances, and takes their mounts and devices away. */
  @Override
  public void close() {
    commands.close();
    guests.close();
  }
}
