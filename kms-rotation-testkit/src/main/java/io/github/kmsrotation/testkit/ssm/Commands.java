package io.github.kmsrotation.testkit.ssm;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.ec2.GuestInstance;
import io.github.kmsrotation.testkit.guest.GuestProcess;
import io.github.kmsrotation.testkit.guest.Guests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All commands, and what becomes of them. A script runs in real time while the clock may stand or
 * be turned; whoever asks how far it is waits for it a little, so that no clock outruns it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html">Understanding
 *     command statuses</a>
 */
final class Commands implements AutoCloseable {

  /** By the clock, how long an agent takes to fetch a command. */
  private static final Duration DELIVERY = Duration.ofSeconds(2);

  private static final Duration NEXT_TRY = Duration.ofSeconds(10);

  /** In real time, how long a look waits for a script that runs. */
  private static final long LOOK_MILLIS = 200;

  private final Timeline timeline;
  private final Ec2Service ec2;
  private final Guests guests;
  private final Agents agents;
  private final List<Invocation> invocations = new ArrayList<>();

  Commands(Timeline timeline, Ec2Service ec2, Guests guests, Agents agents) {
    this.timeline = timeline;
    this.ec2 = ec2;
    this.guests = guests;
    this.agents = agents;
  }

  void add(Invocation invocation) {
    invocations.add(invocation);
    timeline.after(DELIVERY, () -> deliver(invocation));
  }

  /** Whatever was sent in a Region, the newest first, as it is now. */
  List<Invocation> in(String region) {
    List<Invocation> found = new ArrayList<>();
    for (Invocation invocation : invocations) {
      if (invocation.command.region().equals(region)) {
        lookAt(invocation);
        found.add(0, invocation);
      }
    }
    return found;
  }

  private void deliver(Invocation invocation) {
    if (!invocation.isPending()) {
      return;
    }
    Instant now = timeline.now();
    Invocation.Command command = invocation.command;
    Optional<GuestInstance> instance = agents.online(command.region(), invocation.instanceId);
    if (instance.isEmpty()) {
      if (command.requestedAt().plus(command.deliveryTimeout()).isBefore(now)) {
        invocation.end("TimedOut", "DeliveryTimedOut", now);
      } else {
        timeline.after(NEXT_TRY, () -> deliver(invocation));
      }
      return;
    }
    GuestProcess process =
        guests.run(
            instance.get(),
            ec2.disks(invocation.instanceId),
            command.script(),
            command.workingDirectory());
    invocation.status = "InProgress";
    invocation.details = "InProgress";
    invocation.startedAt = Optional.of(now);
    invocation.process = Optional.of(process);
  }

  void lookAt(Invocation invocation) {
    if (!invocation.isUnderWay()) {
      return;
    }
    GuestProcess process = invocation.process.orElseThrow();
    Instant now = timeline.now();
    Instant end = invocation.startedAt.orElseThrow().plus(invocation.command.executionTimeout());
    if (process.hasEnded(LOOK_MILLIS)) {
      note(invocation, process);
      boolean isWell = process.exitCode() == 0;
      invocation.end(isWell ? "Success" : "Failed", isWell ? "Success" : "Failed", now);
    } else if (now.isAfter(end)) {
      kill(invocation, "TimedOut", "ExecutionTimedOut");
    }
  }

  void cancel(Invocation invocation) {
    lookAt(invocation);
    if (invocation.isPending()) {
      invocation.end("Cancelled", "Cancelled", timeline.now());
    } else if (invocation.isUnderWay()) {
      kill(invocation, "Cancelled", "Cancelled");
    }
  }

  private void kill(Invocation invocation, String status, String details) {
    GuestProcess process = invocation.process.orElseThrow();
    process.kill();
    note(invocation, process);
    invocation.end(status, details, timeline.now());
  }

  private static void note(Invocation invocation, GuestProcess process) {
    invocation.responseCode = process.exitCode();
    invocation.output = process.output();
    invocation.errors = process.errors();
  }

  @Override
  public void close() {
    invocations.forEach(i -> i.process.ifPresent(GuestProcess::kill));
  }
}
