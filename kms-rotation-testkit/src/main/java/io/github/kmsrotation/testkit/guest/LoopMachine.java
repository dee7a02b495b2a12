package io.github.kmsrotation.testkit.guest;

import io.github.kmsrotation.testkit.ec2.GuestInstance;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An instance in mount and PID namespaces of its own, whose file system is a directory that only
 * borrows the host's programs, and whose volumes are loop devices. It ends when the JVM does, even
 * if that is killed: its first process waits for the end of a pipe from here.
 *
 * <p>The names of devices are those that EC2 documents: on Nitro {@code /dev/nvme1n1} and so on,
 * with a link {@code /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol...} that tells the volume;
 * on Xen {@code /dev/xvdf} for {@code /dev/sdf}.
 *
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/nvme-ebs-volumes.html">Amazon EBS
 *     volumes and NVMe</a>
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html">Device
 *     names for volumes on Amazon EC2 instances</a>
 */
final class LoopMachine extends Machine {

  private static final String BY_ID = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_";

  private final boolean isNitro;
  private final Process outer;
  private final String pid;
  private final Map<String, Device> devices = new LinkedHashMap<>();

  private record Device(String loop, String name, Path file) {
    int number() {
      return Integer.parseInt(loop.substring("/dev/loop".length()));
    }
  }

  LoopMachine(Path directory, boolean isNitro) {
    super(directory);
    this.isNitro = isNitro;
    try {
      Files.createDirectories(directory.resolve("root"));
      Files.writeString(loops(), "");
      for (String script : List.of("power-on.sh", "boot.sh", "fstab.sh")) {
        Files.deleteIfExists(directory.resolve(script));
        Shell.copyResource(script, directory.resolve(script));
      }
      outer =
          new ProcessBuilder(
                  "sh", directory.resolve("power-on.sh").toString(), directory.toString())
              .redirectErrorStream(true)
              .start();
      pid = firstProcess();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path loops() {
    return directory.resolve("loops");
  }

  private String firstProcess() throws IOException {
    StringBuilder said = new StringBuilder();
    BufferedReader reader =
        new BufferedReader(
            new java.io.InputStreamReader(outer.getInputStream(), StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith("ready ")) {
        return line.substring("ready ".length());
      }
      said.append(line).append('\n');
    }
    throw new IOException("An instance did not start: " + said);
  }

  /** Mounts what its file system table says, once its volumes are there. */
  void mountFstab() {
    run(readScript("fstab.sh"), "").hasEnded(60_000);
  }

  private String readScript(String name) {
    try {
      return Files.readString(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  List<String> prefix() {
    return List.of("nsenter", "-t", pid, "-m", "-p", "-r", "-w", "--");
  }

  @Override
  String pathOf(Path script) {
    return "/" + directory.resolve("root").relativize(script);
  }

  @Override
  Path whereToRun() {
    return directory;
  }

  private void inside(String... command) {
    List<String> all = new ArrayList<>(prefix());
    all.addAll(List.of(command));
    if (Shell.output(all).isEmpty()) {
      throw new IllegalStateException("The instance could not " + String.join(" ", command));
    }
  }

  @Override
  void show(List<GuestInstance.Disk> disks) {
    for (GuestInstance.Disk disk : disks) {
      if (!devices.containsKey(disk.volumeId())) {
        add(disk);
      }
    }
    List<String> shown = disks.stream().map(GuestInstance.Disk::volumeId).toList();
    List.copyOf(devices.keySet()).stream()
        .filter(id -> !shown.contains(id))
        .forEach(this::detached);
  }

  private void add(GuestInstance.Disk disk) {
    Device device = new Device(loop(disk.file()), name(disk), disk.file());
    devices.put(disk.volumeId(), device);
    noteLoops();
    inside("mknod", "-m", "660", device.name, "b", "7", Integer.toString(device.number()));
    if (isNitro) {
      inside("ln", "-s", "../.." + device.name.substring("/dev".length()), link(disk.volumeId()));
    }
  }

  private static String link(String volumeId) {
    return BY_ID + volumeId.replace("-", "");
  }

  private String loop(Path file) {
    return Shell.output(List.of("losetup", "--find", "--show", file.toString()))
        .orElseThrow(() -> new IllegalStateException("There is no loop device for " + file));
  }

  private String name(GuestInstance.Disk disk) {
    if (!isNitro) {
      return "/dev/" + disk.device().replaceFirst("^(/dev/)?(sd|xvd)", "xvd");
    }
    List<String> taken = devices.values().stream().map(Device::name).toList();
    int number = 0;
    while (taken.contains("/dev/nvme" + number + "n1")) {
      number++;
    }
    return "/dev/nvme" + number + "n1";
  }

  private void noteLoops() {
    try {
      Files.writeString(
          loops(),
          devices.values().stream().map(d -> d.file + "\n").collect(Collectors.joining()),
          StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  boolean holds(String volumeId) {
    Device device = devices.get(volumeId);
    if (device == null) {
      return false;
    }
    String number = " 7:" + device.number() + " ";
    try (Stream<String> mounts = Files.lines(Path.of("/proc", pid, "mountinfo"))) {
      return mounts.anyMatch(line -> line.contains(number));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  @Override
  void detached(String volumeId) {
    Optional.ofNullable(devices.remove(volumeId))
        .ifPresent(
            device -> {
              if (outer.isAlive()) {
                inside("rm", "-f", device.name, link(volumeId));
              }
              // Or the host's next use of it would find it as a script here may have left it.
              Shell.output(List.of("blockdev", "--setrw", device.loop));
              Shell.output(List.of("losetup", "--detach", device.loop));
              noteLoops();
            });
  }

  /** The outer process releases the loop devices: twice could take another's. */
  @Override
  void off() {
    try {
      outer.getOutputStream().close();
      outer.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    devices.clear();
  }
}
