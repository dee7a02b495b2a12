package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.run.Sleeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ssm.model.CommandInvocationStatus;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.InstanceInformation;
import software.amazon.awssdk.services.ssm.model.InstanceInformationStringFilter;
import software.amazon.awssdk.services.ssm.model.PingStatus;
import software.amazon.awssdk.services.ssm.model.SsmException;

/** What a script that changes nothing tells of a volume, and what that means for copying it. */
final class SsmSurvey {

  private static final SsmScript SCRIPT =
      SsmScript.of("survey", Duration.ofMinutes(5), "fstab", "blocks");
  private static final Duration POLL = Duration.ofSeconds(2);
  private static final int MOST_LOOKS = 300;

  /** What rsync keeps in mind of each file when it looks for hard links, generously. */
  private static final long MEMORY_FOR_A_FILE = 200;

  private static final long MEMORY_AT_LEAST = 64L * 1024 * 1024;
  private static final String ELSE =
      "Rotate it by its snapshot instead: leave copyWith out, and say stopInstance() or"
          + " writeFreeze(...).";

  private final SsmCommands commands;
  private final Sleeper sleeper;
  private final AttachedVolume original;
  private final AwsReader reader;
  private final List<Notice> problems = new ArrayList<>();
  private final List<Notice> warnings = new ArrayList<>();

  SsmSurvey(SsmCommands commands, Sleeper sleeper, AttachedVolume original, AwsReader reader) {
    this.commands = commands;
    this.sleeper = sleeper;
    this.original = original;
    this.reader = reader;
  }

  CopySurvey survey() {
    String place = "";
    if (isOnline()) {
      Optional<SsmOutput> output = output();
      output.ifPresent(this::judge);
      place = output.map(SsmSurvey::place).orElse("");
    } else {
      problem(
          original.instanceId(),
          "Its SSM Agent is not online.",
          "Start the instance, give it an instance profile with AmazonSSMManagedInstanceCore, and"
              + " see that the agent runs and reaches Systems Manager.");
    }
    return new CopySurvey(place, problems, warnings);
  }

  private static String place(SsmOutput seen) {
    return isOfBlocks(seen) ? CopySurvey.WHOLE_DEVICE : seen.text("mount");
  }

  private boolean isOnline() {
    InstanceInformationStringFilter mine =
        InstanceInformationStringFilter.builder()
            .key("InstanceIds")
            .values(original.instanceId())
            .build();
    return reader
        .read(
            "ssm:DescribeInstanceInformation",
            () ->
                commands
                    .client()
                    .describeInstanceInformation(r -> r.filters(mine))
                    .instanceInformationList())
        .stream()
        .map(InstanceInformation::pingStatus)
        .anyMatch(PingStatus.ONLINE::equals);
  }

  private Optional<SsmOutput> output() {
    String id;
    try {
      id =
          reader
              .read(
                  SsmCommands.SEND,
                  () ->
                      commands
                          .client()
                          .sendCommand(
                              r ->
                                  r.instanceIds(original.instanceId())
                                      .documentName("AWS-RunShellScript")
                                      .comment("kms-rotation survey " + original.volumeId())
                                      .parameters(
                                          SsmCommands.parameters(
                                              SCRIPT, SsmScript.told("survey", original)))))
              .command()
              .commandId();
    } catch (SsmException e) {
      problem(original.instanceId(), "SSM refused a command: " + AwsFailure.errorCode(e) + ".", "");
      return Optional.empty();
    }
    return await(id);
  }

  private Optional<SsmOutput> await(String commandId) {
    for (int look = 0; look < MOST_LOOKS; look++) {
      pause();
      Optional<GetCommandInvocationResponse> seen =
          commands.get(reader, original.instanceId(), commandId);
      CommandInvocationStatus status =
          seen.map(GetCommandInvocationResponse::status).orElse(CommandInvocationStatus.PENDING);
      if (status == CommandInvocationStatus.SUCCESS) {
        return seen.map(s -> SsmOutput.parse(s.standardOutputContent()));
      }
      if (Set.of(
              CommandInvocationStatus.FAILED,
              CommandInvocationStatus.TIMED_OUT,
              CommandInvocationStatus.CANCELLED)
          .contains(status)) {
        problem(
            original.volumeId(),
            "The look at it on "
                + original.instanceId()
                + " ended as "
                + status
                + ": "
                + seen.map(s -> s.standardErrorContent().strip()).orElse(""),
            "The command is " + commandId + ".");
        return Optional.empty();
      }
    }
    problem(
        original.instanceId(),
        "The command " + commandId + " did not end within ten minutes.",
        "See what its SSM Agent does.");
    return Optional.empty();
  }

  private void pause() {
    try {
      sleeper.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while planning", e);
    }
  }

  private void judge(SsmOutput seen) {
    if (!seen.text("missing").isEmpty()) {
      problem(
          original.instanceId(), "It lacks: " + seen.text("missing") + ".", "Install them there.");
    }
    if (isOfBlocks(seen)) {
      judgeBlocks(seen);
      return;
    }
    judgeMount(seen);
    judgeMemory(seen);
  }

  private static boolean isOfBlocks(SsmOutput seen) {
    return !Set.of("ext4", "xfs").contains(seen.text("kind"));
  }

  private void judgeBlocks(SsmOutput seen) {
    if (!seen.text("members").isEmpty()) {
      problem(
          original.volumeId(),
          "It is a part of something else: " + seen.text("members") + ".",
          "A copy of its blocks would have the same identity, and the system might put the two"
              + " together. "
              + ELSE);
    }
    if (seen.text("proven").isEmpty()) {
      problem(
          original.volumeId(),
          "No device of " + original.instanceId() + " says that it is this volume, as on Xen.",
          "Its blocks are not copied by a mere device name. " + ELSE);
    }
    String kind = seen.text("kind");
    warning(
        "It holds "
            + (seen.text("partitions").isEmpty()
                ? kind.isEmpty() ? "nothing that is known" : "'" + kind + "'"
                : "a partition table")
            + ", not a file system of the kind ext4 or xfs, so it is copied block by block.",
        "The new volume is the same to the system, UUIDs included. It takes the device "
            + original.device()
            + " in the cutover, with the original detached, and nothing may use it from before"
            + " until after that: have a writeFreeze(...) unmount and mount it.");
    if (!seen.text("uses").isEmpty()) {
      warning(
          "It is in use: " + seen.text("uses"),
          "That has to end by the time that the cutover begins, or it stops and asks.");
    }
  }

  private void judgeMount(SsmOutput seen) {
    long mounts = seen.number("mounts");
    if (mounts == 0) {
      problem(original.volumeId(), "It is not mounted.", "Mount it, or " + lower(ELSE));
      return;
    }
    if (mounts > 1) {
      problem(original.volumeId(), "It is mounted at " + mounts + " places.", ELSE);
      return;
    }
    String at = "It is mounted at '" + SsmOutput.unhex(seen.text("mount")) + "'";
    if (seen.number("nested") > 0) {
      problem(
          original.volumeId(),
          at + ", below which other file systems are mounted.",
          "Unmount those, or " + lower(ELSE));
    }
    if (seen.text("fstabFits").equals("false")) {
      problem(
          original.volumeId(),
          at
              + ", where /etc/fstab mounts '"
              + SsmOutput.unhex(seen.text("fstab"))
              + "', which is another device by now.",
          "Mend /etc/fstab: what it names has to be this volume.");
    }
    String entry = SsmOutput.unhex(seen.text("fstab"));
    warning(
        at + (entry.isEmpty() ? " and not in /etc/fstab." : ", in /etc/fstab as '" + entry + "'."),
        entry.isEmpty()
            ? "The new volume will be mounted there, and not in /etc/fstab either: whatever mounts"
                + " it at a start has to learn of it."
            : "The entry will name the new volume by its UUID.");
    if (!seen.text("users").isEmpty()) {
      warning(
          "Processes have files of it open: " + seen.text("users") + ".",
          "They have to be stopped by the time that the cutover begins, or it stops and asks.");
    }
  }

  private void judgeMemory(SsmOutput seen) {
    long needed = MEMORY_AT_LEAST + MEMORY_FOR_A_FILE * seen.number("inodes");
    if (seen.number("memory") < needed) {
      problem(
          original.instanceId(),
          "It has "
              + seen.number("memory")
              + " bytes of memory free, and copying "
              + seen.number("inodes")
              + " files may take "
              + needed
              + ".",
          "Free some memory, or " + lower(ELSE));
    }
  }

  private static String lower(String text) {
    return text.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + text.substring(1);
  }

  private void problem(String resource, String text, String remedy) {
    problems.add(new Notice(resource, text, remedy));
  }

  private void warning(String text, String meaning) {
    warnings.add(new Notice(original.volumeId(), text, meaning));
  }
}
