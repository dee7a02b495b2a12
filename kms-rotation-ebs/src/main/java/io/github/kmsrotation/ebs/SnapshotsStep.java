package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.SentOnce;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.CopyTagsFromSource;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Snapshots of all originals at one point in time. Neither call has a client token, so each is sent
 * once and its snapshots are found by the run's tag.
 */
final class SnapshotsStep extends EbsStep {

  static final String ID = "create-snapshots";
  static final String DELETE = "ec2:DeleteSnapshot";

  private static final String CREATE_ONE = "ec2:CreateSnapshot";
  private static final String CREATE_ALL = "ec2:CreateSnapshots";

  private static final Set<String> BUSY =
      Set.of("ConcurrentSnapshotLimitExceeded", "SnapshotCreationPerVolumeRateExceeded");

  private final BackInService backInService;

  SnapshotsStep(Env env, BackInService backInService) {
    super(
        new StepDescription(
            ID,
            title(env),
            Phase.COPY,
            List.of(operation(env)),
            undoCalls(backInService),
            env.subject().disks().stream().map(d -> "snapshot of " + d.name()).toList(),
            Undo.UNDOABLE),
        env);
    this.backInService = backInService;
  }

  private static List<String> undoCalls(BackInService backInService) {
    List<String> calls = new ArrayList<>(List.of(DELETE));
    calls.addAll(backInService.calls());
    return calls;
  }

  private static String title(Env env) {
    return (env.subject().disks().size() == 1
            ? "Make a snapshot of " + env.subject().disks().get(0).name()
            : "Make snapshots of all volumes at one point in time")
        + (EbsSteps.copiesVolumes(env.plan()) ? ", unless all were copied" : "");
  }

  /** The fact that names a volume's snapshot. */
  static String fact(Disk disk) {
    return "snapshot." + disk.volumeId();
  }

  private static String operation(Env env) {
    return env.subject().disks().size() == 1 ? CREATE_ONE : CREATE_ALL;
  }

  private String resource() {
    return env.plan().targetId();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    if (env.subject().disks().stream()
        .allMatch(disk -> CopyVolumeStep.copied(context, disk).isPresent())) {
      return StepOutcome.done();
    }
    Map<String, Snapshot> made =
        env.snapshots(context).stream()
            .collect(Collectors.toMap(Snapshot::volumeId, Function.identity(), (a, b) -> a));
    if (made.size() == env.subject().disks().size()) {
      return judge(made);
    }
    if (isSettling(context, operation(env), resource())) {
      return waitFor("ec2:SnapshotFound", resource(), "requested, not shown yet");
    }
    return made.isEmpty() ? create(context) : incomplete(made);
  }

  private StepOutcome judge(Map<String, Snapshot> made) {
    TreeMap<String, String> facts = new TreeMap<>();
    for (Disk disk : env.subject().disks()) {
      Snapshot snapshot = made.getOrDefault(disk.volumeId(), Snapshot.builder().build());
      switch (snapshot.state()) {
        case COMPLETED -> facts.put(fact(disk), snapshot.snapshotId());
        case PENDING -> {
          return waitFor(
              "ec2:SnapshotCompleted", snapshot.snapshotId(), "pending, " + snapshot.progress());
        }
        default -> {
          return StepOutcome.blocked(
              "The snapshot "
                  + snapshot.snapshotId()
                  + " of "
                  + disk.name()
                  + " is "
                  + snapshot.stateAsString()
                  + Optional.ofNullable(snapshot.stateMessage()).map(m -> ": " + m).orElse("")
                  + ".",
              "The original is untouched. It often means that its KMS key cannot be used: look at"
                  + " the key, and roll back.");
        }
      }
    }
    return StepOutcome.done(new Facts(facts));
  }

  private StepOutcome incomplete(Map<String, Snapshot> made) {
    List<String> missing =
        env.subject().disks().stream()
            .filter(disk -> !made.containsKey(disk.volumeId()))
            .map(Disk::name)
            .toList();
    return StepOutcome.blocked(
        "There is no snapshot any more of " + String.join(", ", missing) + ".",
        "Somebody deleted it, and another would not be of the same moment. Roll back, and make a"
            + " new plan.");
  }

  private StepOutcome create(StepContext context) {
    Optional<StepOutcome> disturbed =
        AsPlanned.obstacle(env, context).or(() -> Stillness.disturbed(env, context));
    if (disturbed.isPresent()) {
      return disturbed.get();
    }
    Optional<StepOutcome> obstacle =
        operation(env).equals(CREATE_ONE) ? createOne(context) : createAll(context);
    return obstacle.orElseGet(() -> waitFor("ec2:SnapshotCompleted", resource(), "just requested"));
  }

  private Optional<StepOutcome> createOne(StepContext context) {
    Disk disk = env.subject().disks().get(0);
    Optional<Volume> original = ec2.volume(context, disk.volumeId());
    if (original.isEmpty()) {
      return Optional.of(gone("The volume " + disk.volumeId()));
    }
    List<Tag> tags = RunTag.userTags(original.get().tags());
    return send(
        context,
        () ->
            ec2.client()
                .createSnapshot(
                    r ->
                        r.volumeId(disk.volumeId())
                            .description(description(env))
                            .overrideConfiguration(SentOnce.override())
                            .tagSpecifications(
                                RunTag.specification(
                                    ResourceType.SNAPSHOT, tags, RunTag.of(env.runId())))));
  }

  private Optional<StepOutcome> createAll(StepContext context) {
    String instanceId = env.subject().instance();
    Optional<Instance> found = ec2.instance(context, instanceId);
    if (found.isEmpty()) {
      return Optional.of(gone("The instance " + instanceId));
    }
    Instance instance = found.get();
    List<InstanceBlockDeviceMapping> others =
        instance.blockDeviceMappings().stream()
            .filter(mapping -> !env.subject().volumeIds().contains(mapping.ebs().volumeId()))
            .toList();
    boolean withoutRoot =
        others.stream().anyMatch(m -> m.deviceName().equals(instance.rootDeviceName()));
    List<String> excluded =
        others.stream()
            .filter(mapping -> !mapping.deviceName().equals(instance.rootDeviceName()))
            .map(mapping -> mapping.ebs().volumeId())
            .toList();
    return send(
        context,
        () ->
            ec2.client()
                .createSnapshots(
                    r ->
                        r.instanceSpecification(
                                i -> {
                                  i.instanceId(instanceId).excludeBootVolume(withoutRoot);
                                  if (!excluded.isEmpty()) {
                                    i.excludeDataVolumeIds(excluded);
                                  }
                                })
                            .description(description(env))
                            .copyTagsFromSource(CopyTagsFromSource.VOLUME)
                            .overrideConfiguration(SentOnce.override())
                            .tagSpecifications(
                                RunTag.specification(
                                    ResourceType.SNAPSHOT, List.of(), RunTag.of(env.runId())))));
  }

  private static String description(Env env) {
    return RunTag.description(env.runId(), ": before the move to another KMS key");
  }

  private Optional<StepOutcome> send(StepContext context, Runnable call) {
    try {
      context.mutate(
          operation(env),
          resource(),
          () -> {
            call.run();
            return resource();
          });
      return Optional.empty();
    } catch (Ec2Exception e) {
      String code = AwsFailure.errorCode(e);
      if (BUSY.contains(code)) {
        return Optional.of(waitFor("ec2:ReadyForSnapshot", resource(), code));
      }
      throw e;
    }
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<StepOutcome> missing = backInService.missing(context);
    if (missing.isPresent()) {
      return missing.get();
    }
    List<Snapshot> made = env.snapshots(context);
    if (made.isEmpty()) {
      return isSettling(context, operation(env), resource())
          ? waitFor("ec2:SnapshotFound", resource(), "requested, not shown yet")
          : StepOutcome.done();
    }
    return delete(context, env, made.get(0));
  }

  static StepOutcome delete(StepContext context, Env env, Snapshot snapshot) {
    String id = snapshot.snapshotId();
    if (!isSettling(context, DELETE, id)) {
      try {
        context.mutate(DELETE, id, () -> env.ec2().client().deleteSnapshot(r -> r.snapshotId(id)));
      } catch (Ec2Exception e) {
        switch (AwsFailure.errorCode(e)) {
          case "InvalidSnapshot.NotFound" -> {}
          case "InvalidSnapshot.InUse" -> {
            return StepOutcome.blocked(
                "The snapshot " + id + " of this run is in use by an AMI that somebody registered.",
                "Deregister the AMI and go on, or take the tag of the run off the snapshot.");
          }
          default -> throw e;
        }
      }
    }
    return env.waitFor("ec2:SnapshotDeleted", id, snapshot.stateAsString());
  }
}
