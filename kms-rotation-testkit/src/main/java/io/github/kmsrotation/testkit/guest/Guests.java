package io.github.kmsrotation.testkit.guest;

import io.github.kmsrotation.testkit.ec2.Guest;
import io.github.kmsrotation.testkit.ec2.GuestInstance;
import io.github.kmsrotation.testkit.postgres.DataDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operating systems of all instances, each made when a script first runs on it. Used under the
 * embedded AWS's lock.
 */
public final class Guests implements Guest, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Guests.class);

  private final Map<String, Machine> machines = new HashMap<>();
  private Optional<Path> directory = Optional.empty();

  /** No instance has run anything yet. */
  public Guests() {}

  /**
   * Why instances have no mounts and devices of their own here.
   *
   * @return the reason; empty if they have
   */
  public static Optional<String> obstacle() {
    return Capability.OBSTACLE;
  }

  /**
   * Runs a script.
   *
   * @param instance where; it runs
   * @param disks the volumes that it sees
   * @param script for {@code sh}
   * @param workingDirectory where it begins; empty for the root directory
   * @return the process
   */
  public GuestProcess run(
      GuestInstance instance,
      List<GuestInstance.Disk> disks,
      String script,
      String workingDirectory) {
    Machine machine = machines.get(instance.id());
    boolean isNew = machine == null;
    if (machine == null) {
      machine = start(instance);
      machines.put(instance.id(), machine);
    }
    machine.show(disks);
    if (isNew && machine instanceof LoopMachine booted) {
      booted.mountFstab();
    }
    return machine.run(script, workingDirectory);
  }

  private Machine start(GuestInstance instance) {
    Path home = home(instance.id());
    if (obstacle().isEmpty()) {
      return new LoopMachine(home, instance.isNitro());
    }
    LOG.info(
        "Scripts on {} see a plain directory for each volume, since {}",
        instance.id(),
        obstacle().get());
    return new PlainMachine(home);
  }

  private Path home(String instanceId) {
    try {
      if (directory.isEmpty()) {
        directory = Optional.of(Files.createTempDirectory("embedded-aws-guests"));
      }
      return Files.createDirectories(directory.get().resolve(instanceId));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean holds(String instanceId, String volumeId) {
    return Optional.ofNullable(machines.get(instanceId)).filter(m -> m.holds(volumeId)).isPresent();
  }

  @Override
  public void detached(String instanceId, String volumeId) {
    Optional.ofNullable(machines.get(instanceId)).ifPresent(m -> m.detached(volumeId));
  }

  @Override
  public void stopped(String instanceId) {
    Optional.ofNullable(machines.remove(instanceId)).ifPresent(Machine::off);
  }

  @Override
  public void close() {
    List.copyOf(machines.keySet()).forEach(this::stopped);
    directory.ifPresent(DataDirectories::delete);
  }
}
