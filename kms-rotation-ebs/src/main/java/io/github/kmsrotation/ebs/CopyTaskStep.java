package io.github.kmsrotation.ebs;

import io.github.kmsrotation.ebs.VolumeCopier.Task;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/** Has the copier do a task on the instance; backwards, undo it. */
final class CopyTaskStep extends EbsStep {

  private final Disk disk;
  private final VolumeCopier copier;
  private final Task task;
  private final Optional<Task> undoing;
  private boolean wasAdvanced;
  private boolean wasUndone;

  private CopyTaskStep(
      StepDescription description,
      Env env,
      Disk disk,
      VolumeCopier copier,
      Task task,
      Optional<Task> undoing) {
    super(description, env);
    this.disk = disk;
    this.copier = copier;
    this.task = task;
    this.undoing = undoing;
  }

  private static StepDescription describe(
      String id, String title, Phase phase, VolumeCopier copier, Undo undo) {
    return new StepDescription(id, title, phase, copier.calls(), List.of(), undo);
  }

  static CopyTaskStep prepare(Env env, Disk disk, VolumeCopier copier) {
    return new CopyTaskStep(
        describe(
            "prepare-copy-of-" + disk.volumeId(),
            "Prepare the new volume for " + disk.name() + " on the instance",
            Phase.COPY,
            copier,
            Undo.UNDOABLE),
        env,
        disk,
        copier,
        Task.PREPARE,
        Optional.of(Task.WITHDRAW));
  }

  /** Undone with what comes before it. */
  static CopyTaskStep copy(Env env, Disk disk, VolumeCopier copier) {
    return new CopyTaskStep(
        describe(
            "copy-" + disk.volumeId(),
            "Copy what is on " + disk.name() + " while it serves",
            Phase.COPY,
            copier,
            Undo.UNDOABLE),
        env,
        disk,
        copier,
        Task.COPY,
        Optional.empty());
  }

  static CopyTaskStep synchronise(Env env, Disk disk, VolumeCopier copier) {
    return new CopyTaskStep(
        describe(
            "synchronise-" + disk.volumeId(),
            "Keep "
                + disk.name()
                + " from being written, copy what changed, and compare both sides by checksum",
            Phase.CUTOVER,
            copier,
            Undo.UNDOABLE),
        env,
        disk,
        copier,
        Task.SYNCHRONISE,
        Optional.of(Task.REVERT));
  }

  static CopyTaskStep switchTo(Env env, Disk disk, VolumeCopier copier) {
    return new CopyTaskStep(
        describe(
            SwapStep.id(disk),
            "Put the new volume where " + disk.name() + " is mounted, now and at every start",
            Phase.CUTOVER,
            copier,
            Undo.UNDOABLE),
        env,
        disk,
        copier,
        Task.SWITCH,
        Optional.of(Task.REVERT));
  }

  static CopyTaskStep check(Env env, Disk disk, VolumeCopier copier) {
    return new CopyTaskStep(
        describe(
            "check-" + disk.volumeId(),
            "See on the instance that the new volume is in the place of " + disk.name(),
            Phase.OBSERVE,
            copier,
            Undo.UNDOABLE),
        env,
        disk,
        copier,
        Task.CHECK,
        Optional.empty());
  }

  static CopyTaskStep tidy(Env env, Disk disk, VolumeCopier copier) {
    return new CopyTaskStep(
        describe(
            "tidy-after-" + disk.volumeId(),
            "Take away what the run left on the instance for " + disk.name(),
            Phase.RETIRE,
            copier,
            Undo.IRREVERSIBLE),
        env,
        disk,
        copier,
        Task.TIDY,
        Optional.empty());
  }

  private VolumeCopy copyOf(StepContext context, boolean isNewAttempt) {
    return copyOf(env, context, disk, isNewAttempt);
  }

  static VolumeCopy copyOf(Env env, StepContext context, Disk disk, boolean isNewAttempt) {
    String instanceId = env.subject().instance();
    String replacement =
        context.factsOf(CreateVolumeStep.id(disk)).find(CreateVolumeStep.VOLUME_ID).orElseThrow();
    return new VolumeCopy(
        new AttachedVolume(instanceId, disk.volumeId(), disk.device().orElseThrow()),
        new AttachedVolume(
            instanceId, replacement, AttachNewStep.device(context, disk).orElseThrow()),
        CopyWay.place(env.plan(), disk),
        isNewAttempt);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    boolean isNewAttempt = !wasAdvanced;
    wasAdvanced = true;
    if (task == Task.SWITCH && isNewAttempt) {
      Optional<StepOutcome> unfit = unfit(context);
      if (unfit.isPresent()) {
        return unfit.get();
      }
    }
    return copier.carryOut(task, copyOf(context, isNewAttempt), context);
  }

  /** The approval may have taken days, in which the key may have been lost. */
  private Optional<StepOutcome> unfit(StepContext context) {
    return Fitness.inPlace(env, context, atNewDevice(env, context, disk));
  }

  /** The original as a disk that is where the new volume is, for whoever looks for that there. */
  static Disk atNewDevice(Env env, StepContext context, Disk disk) {
    return CopyWay.isOfBlocks(env.plan(), disk)
        ? disk
        : new Disk(
            disk.volumeId(),
            AttachNewStep.device(context, disk),
            disk.deletedOnTermination(),
            disk.card());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    if (undoing.isEmpty() || isTerminated(context)) {
      return StepOutcome.done();
    }
    boolean isNewAttempt = !wasUndone;
    wasUndone = true;
    StepOutcome outcome = copier.carryOut(undoing.get(), copyOf(context, isNewAttempt), context);
    return outcome instanceof StepOutcome.Done && task == Task.SWITCH
        ? StepOutcome.done(SwapStep.served(mayHaveServed(context)))
        : outcome;
  }

  /** Nothing is mounted on it any more. */
  private boolean isTerminated(StepContext context) {
    Optional<Instance> instance = ec2.instance(context, env.subject().instance());
    return instance.isEmpty()
        || instance.get().state().name() == InstanceStateName.TERMINATED
        || instance.get().state().name() == InstanceStateName.SHUTTING_DOWN;
  }

  private boolean mayHaveServed(StepContext context) {
    return mayHaveServed(env, context);
  }

  static boolean mayHaveServed(Env env, StepContext context) {
    return !CopyWay.hasHook(env.plan()) || context.hasBegun(CopyTrafficStep.START);
  }
}
