package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.Volume;

/** Enables fast snapshot restore for the run's snapshots, or disables it again. */
final class FastRestoreStep extends EbsStep {

  private final boolean enables;
  private final FastRestores restores;
  private final BackInService backInService;

  private FastRestoreStep(
      StepDescription description, Env env, boolean enables, BackInService backInService) {
    super(description, env);
    this.enables = enables;
    this.restores = new FastRestores(env);
    this.backInService = backInService;
  }

  static FastRestoreStep enable(Env env, BackInService backInService) {
    List<String> undoCalls = new ArrayList<>(List.of(FastRestores.DISABLE));
    undoCalls.addAll(backInService.calls());
    return new FastRestoreStep(
        new StepDescription(
            "enable-fast-snapshot-restore",
            "Enable fast snapshot restore, which AWS bills until it is disabled, and wait for it",
            Phase.COPY,
            List.of(FastRestores.ENABLE),
            undoCalls,
            List.of(),
            Undo.UNDOABLE),
        env,
        true,
        backInService);
  }

  static FastRestoreStep disable(Env env, BackInService backInService) {
    return new FastRestoreStep(
        new StepDescription(
            "disable-fast-snapshot-restore",
            "Disable fast snapshot restore",
            Phase.COPY,
            List.of(FastRestores.DISABLE),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env,
        false,
        backInService);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<StepOutcome> rest = enables ? restores.enable(context) : restores.disable(context);
    return rest.orElseGet(() -> enables ? StepOutcome.done() : StepOutcome.done(used(context)));
  }

  /** Whether the new volumes had the benefit of it, as EC2 tells. */
  private Facts used(StepContext context) {
    TreeMap<String, String> used = new TreeMap<>();
    for (Disk disk : env.subject().disks()) {
      used.put(
          "fastRestored." + disk.volumeId(),
          env.replacement(context, disk)
              .map(Volume::fastRestored)
              .map(Object::toString)
              .orElse("not told"));
    }
    return new Facts(used);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return enables
        ? backInService
            .missing(context)
            .or(() -> restores.disable(context))
            .orElseGet(StepOutcome::done)
        : StepOutcome.done();
  }
}
