package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/**
 * Puts a volume that was copied to block by block at the original's device: takes it off the device
 * at which it was copied to, detaches the original, and attaches it there. From then on the
 * instance sees one of them only. Backwards, the original.
 */
final class BlockSwapStep extends EbsStep {

  private final Disk disk;
  private final VolumeCopier copier;
  private final Exchange exchange;
  private boolean wasAdvanced;

  BlockSwapStep(Env env, Disk disk, VolumeCopier copier) {
    super(
        new StepDescription(
            SwapStep.id(disk),
            "Detach both "
                + disk.volumeId()
                + " and the new volume, which are the same by now, and attach the new one at "
                + disk.device().orElseThrow(),
            Phase.CUTOVER,
            calls(copier),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.disk = disk;
    this.copier = copier;
    this.exchange = new Exchange(env, disk);
  }

  private static List<String> calls(VolumeCopier copier) {
    List<String> calls = new ArrayList<>(Exchange.CALLS);
    calls.addAll(copier.calls());
    return calls;
  }

  private String replacementId(StepContext context) {
    return context
        .factsOf(CreateVolumeStep.id(disk))
        .find(CreateVolumeStep.VOLUME_ID)
        .orElseThrow();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String id = replacementId(context);
    if (isOriginalThere(context)) {
      boolean isNewAttempt = !wasAdvanced;
      wasAdvanced = true;
      StepOutcome compared =
          copier.carryOut(
              VolumeCopier.Task.SWITCH,
              CopyTaskStep.copyOf(env, context, disk, isNewAttempt),
              context);
      if (!(compared instanceof StepOutcome.Done)) {
        return compared;
      }
    }
    Optional<VolumeAttachment> aside = aside(context, id);
    if (aside.isPresent()) {
      // Before the first detachment: the approval may have taken days.
      return ec2.volume(context, id)
          .flatMap(volume -> Fitness.underNewKey(env, context, volume))
          .orElseGet(() -> Detachment.of(env, context, id, aside.get()));
    }
    return exchange.advance(context, disk.volumeId(), id, this::notReady);
  }

  /** Once it is being detached, nothing is asked of it any more. */
  private boolean isOriginalThere(StepContext context) {
    return ec2.volume(context, disk.volumeId())
        .flatMap(volume -> Fitness.attachmentTo(volume, env.subject().instance()))
        .filter(there -> !Detachment.isUnderWay(context, disk.volumeId(), there))
        .isPresent();
  }

  private Optional<VolumeAttachment> aside(StepContext context, String id) {
    return ec2.volume(context, id)
        .flatMap(volume -> Fitness.attachmentTo(volume, env.subject().instance()))
        .filter(there -> !disk.device().equals(Optional.ofNullable(there.device())));
  }

  private Optional<StepOutcome> notReady(Volume original, Volume replacement) {
    return Optional.empty();
  }

  @Override
  public StepOutcome undo(StepContext context) {
    StepOutcome outcome =
        exchange.advance(context, replacementId(context), disk.volumeId(), this::notReady);
    return outcome instanceof StepOutcome.Done
        ? StepOutcome.done(SwapStep.served(CopyTaskStep.mayHaveServed(env, context)))
        : outcome;
  }
}
