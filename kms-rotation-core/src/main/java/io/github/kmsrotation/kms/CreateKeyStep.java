package io.github.kmsrotation.kms;

import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.error.MissingPermissionException;
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
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * Makes a key like the old one. KMS has no client token for that, so the call is sent once, and
 * after a lost answer the key is looked for by the run's tag.
 *
 * <p>Backwards, the new key is scheduled for deletion as long as nobody was led to it. Once an
 * alias did, data may be under it, so that it stays.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html">
 *     CreateKey</a>
 */
final class CreateKeyStep extends KeyStep {

  static final String ID = "create-key";
  static final String NEW_KEY = "newKeyArn";
  static final String SCHEDULE_DELETION = "kms:ScheduleKeyDeletion";

  /** The shortest that KMS takes: the key was never used. */
  static final int WAITING_DAYS = 7;

  private static final String CREATE = "kms:CreateKey";
  private static final String NAME = "the new key";

  CreateKeyStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Create a key like the old one: spec, usage, origin, policy, description, tags",
            Phase.COPY,
            List.of(CREATE),
            List.of(SCHEDULE_DELETION),
            List.of("KMS key tagged " + RunTag.KEY + "=" + env.plan().runId()),
            Undo.UNDOABLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    if (context.timesSent(CREATE, NAME) > 0) {
      Search search = search(context);
      if (search.found().isPresent()) {
        return made(search.found().get());
      }
      if (isSettling(context, CREATE, NAME)) {
        return waitFor("kms:KeyVisible", NAME, "requested");
      }
      if (search.hidden() > 0) {
        return notKnown(search);
      }
    }
    Optional<KeyMetadata> old = kms.describe(context, region(), key());
    if (old.isEmpty()) {
      return gone(key());
    }
    Optional<StepOutcome> lost = ClaimStep.lost(context, env);
    if (lost.isPresent()) {
      return lost.get();
    }
    Optional<StepOutcome> moved = MoveAliasesStep.movedMeanwhile(context, env);
    if (moved.isPresent()) {
      return moved.get();
    }
    CreateKeyRequest request = request(context, old.get());
    return made(
        context
            .mutate(CREATE, NAME, () -> kms.in(region()).createKey(request))
            .keyMetadata()
            .arn());
  }

  private static StepOutcome made(String arn) {
    return StepOutcome.done(Facts.of(Map.of(NEW_KEY, arn)));
  }

  private CreateKeyRequest request(StepContext context, KeyMetadata old) {
    List<Tag> tags = new ArrayList<>(RunTag.userTags(kms.tags(context, region(), key())));
    tags.add(RunTag.of(plan.runId()));
    CreateKeyRequest.Builder request =
        CreateKeyRequest.builder()
            .overrideConfiguration(SentOnce.override())
            .keySpec(old.keySpec())
            .keyUsage(old.keyUsage())
            .origin(old.origin())
            .description(old.description())
            .policy(kms.policy(context, region(), key()))
            .tags(tags);
    if (Boolean.TRUE.equals(old.multiRegion())) {
      request.multiRegion(true);
    }
    if (old.customKeyStoreId() != null) {
      request.customKeyStoreId(old.customKeyStoreId());
    }
    if (old.origin() == OriginType.EXTERNAL_KEY_STORE) {
      request.xksKeyId(env.options().externalKeyId().orElseThrow());
    }
    return request.build();
  }

  private StepOutcome notKnown(Search search) {
    return StepOutcome.blocked(
        "Whether the new key was made is not known: its answer was lost, and the tags of "
            + search.hidden()
            + " keys cannot be read.",
        "Grant kms:ListResourceTags on all keys of " + region() + "; then go on.");
  }

  private record Search(Optional<String> found, int hidden) {}

  private Search search(StepContext context) {
    int hidden = 0;
    for (String candidate : kms.keys(context, region())) {
      try {
        Optional<String> run = RunTag.runOf(kms.tags(context, region(), candidate));
        if (run.filter(plan.runId().value()::equals).isPresent() && !candidate.equals(key())) {
          return new Search(Optional.of(candidate), hidden);
        }
      } catch (MissingPermissionException e) {
        hidden++;
      }
    }
    return new Search(Optional.empty(), hidden);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<String> made = context.factsOf(ID).find(NEW_KEY);
    if (made.isEmpty() && context.lastSent(CREATE, NAME).isPresent()) {
      Search search = search(context);
      made = search.found();
      if (made.isEmpty() && search.hidden() > 0) {
        return notKnown(search);
      }
    }
    boolean isVisible = made.flatMap(key -> kms.describe(context, region(), key)).isPresent();
    if (!isVisible && isSettling(context, CREATE, NAME)) {
      return waitFor("kms:KeyVisible", NAME, "requested");
    }
    if (made.isEmpty()) {
      return StepOutcome.done();
    }
    if (KeySteps.mayBeInUse(context, env, new KeyArn(made.get()))) {
      return StepOutcome.done(
          Facts.of(
              Map.of(
                  NEW_KEY,
                  made.get(),
                  Facts.KEPT,
                  "the new key "
                      + made.get()
                      + ": callers were led to it, so data may be under it; retire it"
                      + " (forKeyRetirement) once nothing needs it")));
    }
    return scheduleDeletion(context, kms, region(), made.get());
  }

  /** For keys that this run made and nobody used. */
  static StepOutcome scheduleDeletion(StepContext context, Kms kms, String region, String key) {
    Optional<KeyMetadata> found = kms.describe(context, region, key);
    if (found.isEmpty() || isToBeDeleted(found.get())) {
      return StepOutcome.done(Facts.of(Map.of("deletionScheduled", key)));
    }
    if (found.get().keyState() == KeyState.CREATING) {
      return waitFor("kms:KeyCreated", key, "Creating");
    }
    if (!isSettling(context, SCHEDULE_DELETION, key)) {
      context.mutate(
          SCHEDULE_DELETION,
          key,
          () ->
              kms.in(region)
                  .scheduleKeyDeletion(
                      r ->
                          r.keyId(key)
                              .pendingWindowInDays(WAITING_DAYS)
                              .overrideConfiguration(SentOnce.override())));
    }
    return waitFor("kms:KeyDeletionScheduled", key, "requested");
  }

  private static boolean isToBeDeleted(KeyMetadata key) {
    return key.keyState() == KeyState.PENDING_DELETION
        || key.keyState() == KeyState.PENDING_REPLICA_DELETION;
  }
}
