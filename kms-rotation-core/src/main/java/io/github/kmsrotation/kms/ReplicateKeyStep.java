package io.github.kmsrotation.kms;

import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * Replicates the new multi-Region key where the old one has a replica, with that replica's policy,
 * description and tags, none of which replicas share.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html">
 *     ReplicateKey</a>
 */
final class ReplicateKeyStep extends KeyStep {

  private static final String REPLICATE = "kms:ReplicateKey";

  private final String to;

  ReplicateKeyStep(Env env, String to) {
    super(
        new StepDescription(
            "replicate-to-" + to,
            "Replicate the new key to " + to + ", as the old one is",
            Phase.COPY,
            List.of(REPLICATE),
            List.of(CreateKeyStep.SCHEDULE_DELETION),
            List.of("replica key in " + to),
            Undo.UNDOABLE),
        env);
    this.to = to;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String newKey = env.newKey(context).orElseThrow().value();
    String replica = replica(context);
    Optional<KeyMetadata> found = kms.describe(context, to, replica);
    if (found.isPresent()) {
      return found.get().keyState() == KeyState.CREATING
          ? waitFor("kms:KeyCreated", replica, "Creating")
          : StepOutcome.done(Facts.of(Map.of("replicaArn", replica)));
    }
    if (isSettling(context, REPLICATE, replica)) {
      return waitFor("kms:KeyVisible", replica, "requested");
    }
    String oldReplica = Env.in(to, env.key());
    Optional<KeyMetadata> old = kms.describe(context, to, oldReplica);
    if (old.isEmpty()) {
      return gone(oldReplica);
    }
    List<Tag> tags = new ArrayList<>(RunTag.userTags(kms.tags(context, to, oldReplica)));
    tags.add(RunTag.of(plan.runId()));
    String policy = kms.policy(context, to, oldReplica);
    try {
      context.mutate(
          REPLICATE,
          replica,
          () ->
              kms.in(region())
                  .replicateKey(
                      r ->
                          r.keyId(newKey)
                              .replicaRegion(to)
                              .policy(policy)
                              .description(old.get().description())
                              .tags(tags)
                              .overrideConfiguration(SentOnce.override())));
    } catch (AlreadyExistsException e) {
      return waitFor("kms:KeyVisible", replica, "made");
    } catch (KmsInvalidStateException | NotFoundException e) {
      return waitFor("kms:KeyVisible", newKey, "just made");
    }
    return waitFor("kms:KeyCreated", replica, "requested");
  }

  private String replica(StepContext context) {
    return Env.in(to, env.newKey(context).orElseThrow());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<KeyArn> newKey = env.newKey(context);
    if (newKey.isEmpty() || KeySteps.mayBeInUse(context, env, newKey.get())) {
      return StepOutcome.done();
    }
    if (kms.describe(context, to, replica(context)).isEmpty()
        && isSettling(context, REPLICATE, replica(context))) {
      return waitFor("kms:KeyVisible", replica(context), "requested");
    }
    return CreateKeyStep.scheduleDeletion(context, kms, to, replica(context));
  }
}
