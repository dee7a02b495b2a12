package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Has a task put the new volume in the place of the root volume of a running instance; backwards,
 * has another task put the original there. If a task left the instance without a root volume, the
 * roll-back stops it, attaches the original, and starts it.
 */
final class ReplaceRootStep extends EbsStep {

  private static final String SERVED = "newVolumeServed";

  private final Disk disk;
  private final RootTasks tasks;
  private final Exchange exchange;
  private final Power power;

  ReplaceRootStep(Env env, Disk disk, Power power) {
    super(
        new StepDescription(
            id(disk),
            "Replace the root volume of "
                + env.subject().instance()
                + " by a task, which reboots it; "
                + disk.volumeId()
                + " stays",
            Phase.CUTOVER,
            List.of(RootTasks.CREATE, Exchange.MODIFY),
            List.of(Exchange.DETACH, Exchange.ATTACH, Power.STOP, Power.START),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.disk = disk;
    this.tasks = new RootTasks(env);
    this.exchange = new Exchange(env, disk);
    this.power = power;
  }

  static String id(Disk disk) {
    return "replace-root-" + disk.volumeId();
  }

  /** Whether undoing this left a new volume to which something may have been written. */
  static boolean hasServed(StepContext context, Disk disk) {
    return context.factsOf(id(disk)).find(SERVED).filter("true"::equals).isPresent();
  }

  private String replacementId(StepContext context) {
    return context
        .factsOf(CreateVolumeStep.id(disk))
        .find(CreateVolumeStep.VOLUME_ID)
        .orElseThrow();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String toId = replacementId(context);
    return tasks
        .underWay(context)
        .orElseGet(
            () ->
                isInPlace(context, toId) ? exchange.settle(context, toId) : replace(context, toId));
  }

  private boolean isInPlace(StepContext context, String volumeId) {
    return ec2.volume(context, volumeId)
        .flatMap(volume -> Fitness.attachmentTo(volume, env.subject().instance()))
        .filter(there -> disk.device().equals(Optional.of(there.device())))
        .isPresent();
  }

  private StepOutcome replace(StepContext context, String toId) {
    Optional<StepOutcome> obstacle =
        tasks.notReady(context, toId).or(() -> notReady(context, toId));
    return obstacle.orElseGet(() -> tasks.create(context, toId));
  }

  private Optional<StepOutcome> notReady(StepContext context, String toId) {
    Optional<Volume> original = ec2.volume(context, disk.volumeId());
    Optional<Volume> replacement = ec2.volume(context, toId);
    if (original.isEmpty()) {
      return Optional.of(gone("The volume " + disk.volumeId()));
    }
    if (replacement.isEmpty()) {
      return Optional.of(gone("The volume " + toId));
    }
    return AsPlanned.obstacle(env, context)
        .or(() -> Fitness.underNewKey(env, context, replacement.get()))
        .or(() -> AsPlanned.differing(env, original.get(), replacement.get()));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return tasks.underWay(context).orElseGet(() -> putBack(context));
  }

  private StepOutcome putBack(StepContext context) {
    String toId = replacementId(context);
    Optional<Instance> instance = ec2.instance(context, env.subject().instance());
    if (instance.isEmpty()) {
      return gone("The instance " + env.subject().instance());
    }
    if (isInPlace(context, disk.volumeId())) {
      return asBefore(context, toId);
    }
    if (instance.get().state().name() == InstanceStateName.RUNNING && isInPlace(context, toId)) {
      return tasks
          .notReady(context, disk.volumeId())
          .orElseGet(() -> tasks.create(context, disk.volumeId()));
    }
    if (isSettling(context, RootTasks.CREATE, disk.volumeId())) {
      return waitFor(RootTasks.REPLACED, disk.volumeId(), "requested, not shown yet");
    }
    StepOutcome stopped = power.stop(context);
    return stopped instanceof StepOutcome.Done
        ? exchange.advance(context, toId, disk.volumeId(), (from, to) -> Optional.empty())
        : stopped;
  }

  private StepOutcome asBefore(StepContext context, String toId) {
    StepOutcome outcome = exchange.settle(context, disk.volumeId());
    if (outcome instanceof StepOutcome.Done
        && context.lastSent(Power.STOP, env.subject().instance()).isPresent()) {
      outcome = power.start(context);
    }
    return outcome instanceof StepOutcome.Done
        ? StepOutcome.done(
            Facts.of(Map.of(SERVED, Boolean.toString(tasks.mayHaveServed(context, toId)))))
        : outcome;
  }
}
