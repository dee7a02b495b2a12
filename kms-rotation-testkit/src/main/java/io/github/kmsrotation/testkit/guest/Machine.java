package io.github.kmsrotation.testkit.guest;

import io.github.kmsrotation.testkit.ec2.GuestInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An instance's operating system, from one start of the instance to its stop. */
abstract class Machine {

  /** Outlives the machine: what is on the instance's own file system is there at its next start. */
  final Path directory;

  private int scripts;

  Machine(Path directory) {
    this.directory = directory;
  }

  /** Makes the volumes that are attached visible, and those that are not invisible. */
  abstract void show(List<GuestInstance.Disk> disks);

  /** What comes before {@code sh script}. */
  abstract List<String> prefix();

  abstract String pathOf(Path script);

  abstract Path whereToRun();

  abstract boolean holds(String volumeId);

  abstract void detached(String volumeId);

  /** Ends all processes, and takes away mounts and devices. Harmless when called again. */
  abstract void off();

  GuestProcess run(String script, String workingDirectory) {
    Path scriptFile = scriptFile();
    Path output = directory.resolve(scriptFile.getFileName() + ".out");
    Path errors = directory.resolve(scriptFile.getFileName() + ".err");
    List<String> command = new java.util.ArrayList<>(prefix());
    command.addAll(
        List.of(
            "sh",
            "-c",
            "[ -z \"$2\" ] || cd -- \"$2\" || exit 1; exec sh \"$1\"",
            "sh",
            pathOf(scriptFile),
            workingDirectory));
    try {
      Files.writeString(scriptFile, script);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(whereToRun().toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      String path = builder.environment().getOrDefault("PATH", "/usr/bin:/bin");
      builder.environment().clear();
      builder.environment().put("PATH", path);
      builder.environment().put("HOME", "/root");
      return new GuestProcess(builder.start(), output, errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path scriptFile() {
    Path root = directory.resolve("root").resolve("var").resolve("lib").resolve("ssm");
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return root.resolve("script-" + System.nanoTime() + "-" + scripts++);
  }
}
