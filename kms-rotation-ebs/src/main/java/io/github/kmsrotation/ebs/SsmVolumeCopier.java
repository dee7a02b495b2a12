package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.Sleeper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Copies file systems of the kinds ext4 and xfs with rsync, and what else a volume holds block by
 * block, by scripts that AWS Systems Manager runs on the instance as root. Needs the artifact
 * {@code software.amazon.awssdk:ssm}, an SSM Agent that is online, and on the instance rsync, GNU
 * find and coreutils, util-linux and the programs of the file system; for blocks diffutils and
 * coreutils instead of rsync.
 *
 * <p>Kept: content, names, modes, owners, times, hard links, ACLs, extended attributes, holes in
 * files, the label. Not kept: the UUID, attributes that {@code chattr} sets, project quotas, blocks
 * that files share, the time of creation.
 *
 * <p>Blocks are copied while the original serves, but for the first and the last 64 MiB, so that
 * the system takes neither volume for the other. In the cutover nothing may use the original: a
 * {@link VolumeFreeze} has to unmount it, and to mount the new one, which is at the same device, in
 * its place. What differs is copied, both are compared by SHA-256, and both are detached. Parts of
 * LVM, RAID or ZFS, which a system puts together by itself, and volumes on Xen, where a device does
 * not say which volume it is, are refused: their snapshots are the way. Safe for use by several
 * threads.
 *
 * @see <a href="https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html">AWS
 *     Systems Manager Run Command</a>
 */
public final class SsmVolumeCopier implements VolumeCopier {

  private static final Duration SHORT = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(2);

  private final SsmCommands commands;
  private final Duration copyTimeout;
  private final Sleeper sleeper;

  private SsmVolumeCopier(Builder builder) {
    this.commands = new SsmCommands(builder.client);
    this.copyTimeout = builder.copyTimeout;
    this.sleeper = builder.sleeper;
  }

  /**
   * A copier with the defaults.
   *
   * @param client a client for the Region of the volumes; it is not closed
   * @return a copier
   */
  public static SsmVolumeCopier with(SsmClient client) {
    return builder(client).build();
  }

  /**
   * A new builder with the defaults.
   *
   * @param client a client for the Region of the volumes; it is not closed
   * @return a builder
   */
  public static Builder builder(SsmClient client) {
    return new Builder(client);
  }

  @Override
  public List<String> calls() {
    return List.of(SsmCommands.SEND);
  }

  @Override
  public CopySurvey survey(AttachedVolume original, AwsReader reader) {
    return new SsmSurvey(commands, sleeper, original, reader).survey();
  }

  @Override
  public StepOutcome carryOut(Task task, VolumeCopy copy, StepContext context) {
    return copy.place().equals(CopySurvey.WHOLE_DEVICE)
        ? carryOutByBlocks(task, copy, context)
        : carryOutByFiles(task, copy, context);
  }

  private StepOutcome carryOutByBlocks(Task task, VolumeCopy copy, StepContext context) {
    return switch (task) {
      case PREPARE -> run(context, copy, SsmScript.of("blocks-prepare", SHORT, "blocks"));
      case COPY -> run(context, copy, SsmScript.of("blocks-copy", copyTimeout, "blocks"));
      case SYNCHRONISE -> synchroniseBlocks(context, copy);
      case REVERT -> run(context, copy, SsmScript.of("blocks-revert", SHORT, "blocks"));
      case WITHDRAW -> tidy(context, copy, "withdraw", "1");
      case TIDY -> tidy(context, copy, "tidy", "0");
      case SWITCH -> seeUnchanged(context, copy);
      case CHECK -> StepOutcome.done(); // that it is at the original's device, the run sees
    };
  }

  private StepOutcome carryOutByFiles(Task task, VolumeCopy copy, StepContext context) {
    return switch (task) {
      case PREPARE -> run(context, copy, SsmScript.of("prepare", SHORT));
      case COPY -> run(context, copy, SsmScript.of("copy", copyTimeout));
      case SYNCHRONISE -> synchronise(context, copy);
      case SWITCH -> run(context, copy, SsmScript.of("switch", SHORT, "fstab"));
      case CHECK -> run(context, copy, SsmScript.of("check", SHORT));
      case REVERT -> run(context, copy, SsmScript.of("revert", SHORT, "fstab"));
      case WITHDRAW -> tidy(context, copy, "withdraw", "1");
      case TIDY -> tidy(context, copy, "tidy", "0");
    };
  }

  private StepOutcome run(StepContext context, VolumeCopy copy, SsmScript script) {
    return commands.run(
        context,
        new SsmCommands.Job(script.name(), copy, script, SsmScript.told(context.runId(), copy)),
        output -> StepOutcome.done(Facts.of(output.values())));
  }

  private StepOutcome tidy(StepContext context, VolumeCopy copy, String task, String withdraw) {
    Map<String, String> told = new TreeMap<>(SsmScript.told(context.runId(), copy));
    told.put("WITHDRAW", withdraw);
    return commands.run(
        context,
        new SsmCommands.Job(task, copy, SsmScript.of("tidy", SHORT), told),
        output -> StepOutcome.done());
  }

  private StepOutcome synchronise(StepContext context, VolumeCopy copy) {
    SsmScript script = SsmScript.of("synchronise", copyTimeout, "manifest");
    return commands.run(
        context,
        new SsmCommands.Job(script.name(), copy, script, SsmScript.told(context.runId(), copy)),
        output -> compared(copy, output));
  }

  private StepOutcome seeUnchanged(StepContext context, VolumeCopy copy) {
    SsmScript script = SsmScript.of("blocks-switch", SHORT, "blocks");
    Map<String, String> told = SsmScript.told(context.runId(), copy);
    return commands.run(
        context,
        new SsmCommands.Job(script.name(), copy, script, told, true),
        output -> StepOutcome.done());
  }

  private StepOutcome synchroniseBlocks(StepContext context, VolumeCopy copy) {
    SsmScript script = SsmScript.of("blocks-synchronise", copyTimeout, "blocks");
    return commands.run(
        context,
        new SsmCommands.Job(script.name(), copy, script, SsmScript.told(context.runId(), copy)),
        output -> comparedBlocks(copy, output));
  }

  private static StepOutcome comparedBlocks(VolumeCopy copy, SsmOutput output) {
    String original = output.text("original");
    Evidence evidence =
        new Evidence(
            copy.replacement().volumeId()
                + " for "
                + copy.original().volumeId()
                + ", SHA-256 of "
                + output.text("size")
                + " bytes",
            original.isEmpty() ? "a digest" : original,
            output.text("replacement"));
    return evidence.matches()
        ? new StepOutcome.Done(Facts.none(), List.of(evidence))
        : new StepOutcome.Blocked(
            "The new volume holds other bytes than "
                + copy.original().volumeId()
                + ", which is as it was.",
            "See that nothing changes either of them, and resume, which compares again; or roll"
                + " back.",
            List.of(evidence));
  }

  private static StepOutcome compared(VolumeCopy copy, SsmOutput output) {
    String names = copy.replacement().volumeId() + " for " + copy.original().volumeId() + ", ";
    String original = output.text("original");
    List<Evidence> evidence =
        List.of(
            new Evidence(
                names
                    + "SHA-256 of the manifest of "
                    + output.text("entries")
                    + " files and directories",
                original.isEmpty() ? "a digest" : original,
                output.text("replacement")),
            new Evidence(
                names + "files that rsync finds to differ by checksum, ACL or attribute",
                "0",
                output.text("differences")));
    return evidence.stream().allMatch(Evidence::matches)
        ? new StepOutcome.Done(Facts.none(), evidence)
        : new StepOutcome.Blocked(
            "What is on the new volume differs from what is on "
                + copy.original().volumeId()
                + ", which is still mounted: "
                + SsmOutput.unhex(output.text("first")).strip()
                + ".",
            "See that nothing changes either of them, and resume, which compares again; or roll"
                + " back.",
            evidence);
  }

  /** Builds a copier. Not safe for use by several threads. */
  public static final class Builder {

    private final SsmClient client;
    private Duration copyTimeout = LONGEST;
    private Sleeper sleeper = duration -> Thread.sleep(duration.toMillis());

    private Builder(SsmClient client) {
      this.client = Objects.requireNonNull(client, "client");
    }

    /**
     * How long copying, and synchronising with its comparison, may each take. 48 hours by default,
     * the most that Systems Manager allows.
     *
     * @param copyTimeout one minute to 48 hours
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder copyTimeout(Duration copyTimeout) {
      if (copyTimeout.compareTo(Duration.ofMinutes(1)) < 0 || copyTimeout.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "copyTimeout must be one minute to 48 hours, was " + InWords.exactly(copyTimeout));
      }
      this.copyTimeout = copyTimeout;
      return this;
    }

    /**
     * How planning waits for its look at a volume; for tests, whose clock is turned.
     *
     * @param sleeper waits
     * @return this builder
     */
    public Builder sleeper(Sleeper sleeper) {
      this.sleeper = Objects.requireNonNull(sleeper, "sleeper");
      return this;
    }

    /**
     * Builds.
     *
     * @return the copier
     */
    public SsmVolumeCopier build() {
      return new SsmVolumeCopier(this);
    }
  }
}
