package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.error.UnknownKeyException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.EbsTarget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;

/** Looks at everything that a plan rests on, and reports all that is in its way at once. */
final class EbsPlanning {

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final Ec2 ec2;
  private final Findings findings;
  private final String region;

  EbsPlanning(PlanRequest<EbsTarget> request, EbsOptions options, Ec2 ec2) {
    this.request = request;
    this.options = options;
    this.ec2 = ec2;
    this.findings = new Findings(request.target().id());
    this.region = ec2.client().serviceClientConfiguration().region().id();
  }

  RotationPlan plan() {
    Located located = request.target().isInstance() ? instance() : volume();
    List<Volume> toRotate = withoutDone(located.volumes());
    // A new instance needs all volumes, whatever key they are under.
    boolean isMoved = options.trafficSwitch().isPresent() && !toRotate.isEmpty();
    List<Volume> toCopy = isMoved ? located.volumes() : toRotate;
    EbsPreflight preflight = new EbsPreflight(request, options, ec2, findings);
    Subject subject = subject(located, toCopy, preflight);
    preflight.check(located.instance(), toCopy, subject);
    SortedMap<String, String> attributes =
        options
            .copier()
            .map(
                copier ->
                    new CopyPreflight(request, options, copier, findings)
                        .attributes(located.instance(), toCopy, subject))
            .orElseGet(() -> EbsSteps.attributes(subject, options));
    attributes.putAll(preflight.newInstance());
    Chosen key = key(located.volumes(), toRotate);
    String account = account(located);
    findings.throwIfAny(what());
    return build(subject, account, toRotate, key, attributes);
  }

  /** What was asked for: an instance and its volumes, or a volume and the instance it is on. */
  private record Located(Optional<Reservation> reservation, List<Volume> volumes) {
    Optional<Instance> instance() {
      return reservation.map(found -> found.instances().get(0));
    }
  }

  private record Chosen(Optional<String> arn, List<String> rationale) {}

  private Located instance() {
    String id = request.target().id();
    Optional<Reservation> found = looked(() -> ec2.reservation(request.calls(), id), "instance");
    List<Volume> volumes = chosen(ec2.volumesOf(request.calls(), id));
    return new Located(found, sorted(volumes, id));
  }

  private List<Volume> chosen(List<Volume> all) {
    if (all.isEmpty()) {
      findings.problem("It has no EBS volumes.", "There is nothing to rotate.");
    }
    List<String> wanted = request.target().volumeIds();
    if (wanted.isEmpty()) {
      return all;
    }
    List<String> there = all.stream().map(Volume::volumeId).toList();
    wanted.stream()
        .filter(id -> !there.contains(id))
        .forEach(
            id ->
                findings.problem(
                    "The volume " + id + " is not attached to it.",
                    "Select anew, or name the volumes that are."));
    if (options.trafficSwitch().isPresent() && wanted.size() < all.size()) {
      findings.problem(
          "A new instance is to take over, and only some of its volumes are meant.",
          "Name the instance alone, for all its volumes.");
    }
    return all.stream().filter(volume -> wanted.contains(volume.volumeId())).toList();
  }

  private static List<Volume> sorted(List<Volume> volumes, String instanceId) {
    return volumes.stream()
        .sorted(
            Comparator.comparing(
                volume ->
                    Fitness.attachmentTo(volume, instanceId)
                        .map(VolumeAttachment::device)
                        .orElse("")))
        .toList();
  }

  private Located volume() {
    String id = request.target().id();
    Volume volume = looked(() -> ec2.volume(request.calls(), id), "volume").orElseThrow();
    if (volume.attachments().size() != 1) {
      return new Located(Optional.empty(), List.of(volume));
    }
    String instanceId = VolumeAttribute.text(volume.attachments().get(0).instanceId());
    Optional<Optional<Reservation>> on =
        findings.look(() -> ec2.reservation(request.calls(), instanceId));
    return new Located(on.flatMap(found -> found), List.of(volume));
  }

  private <T> Optional<T> looked(Supplier<Optional<T>> look, String kind) {
    Optional<Optional<T>> found = findings.look(look);
    if (found.isPresent() && found.get().isEmpty()) {
      findings.problem(
          "There is no such " + kind + ".",
          "Check the id, and the Region (" + region + ") and account of the client.");
    }
    findings.throwIfAny(what());
    return found.orElseThrow();
  }

  private List<Volume> withoutDone(List<Volume> volumes) {
    if (!request.target().isInstance()) {
      return volumes;
    }
    Optional<String> target = targetArn();
    List<Volume> left = new ArrayList<>();
    for (Volume volume : volumes) {
      if (target.isPresent() && target.get().equals(volume.kmsKeyId())) {
        findings.warning(
            "Its volume " + volume.volumeId() + " is under " + target.get() + " already.",
            options.trafficSwitch().isPresent()
                ? "The new instance gets a copy of it."
                : "It is left as it is.");
      } else {
        left.add(volume);
      }
    }
    return left;
  }

  /** Whatever is wrong with the key that was named is told when it is chosen. */
  private Optional<String> targetArn() {
    try {
      return request.targetKey().map(key -> request.keys().read(key).arn().value());
    } catch (UnknownKeyException | MissingPermissionException e) {
      return Optional.empty();
    }
  }

  private Subject subject(Located located, List<Volume> volumes, EbsPreflight preflight) {
    Optional<Instance> instance = located.instance();
    List<Disk> disks = volumes.stream().map(volume -> disk(volume, instance)).toList();
    Optional<Writes> byTask = new RootReplacement(options, findings).writes(instance, volumes);
    return new Subject(
        instance.map(Instance::instanceId),
        disks,
        byTask.orElseGet(() -> preflight.writes(instance, disks)),
        byTask.isPresent());
  }

  private static Disk disk(Volume volume, Optional<Instance> instance) {
    Optional<VolumeAttachment> attachment =
        instance.flatMap(on -> Fitness.attachmentTo(volume, on.instanceId()));
    return new Disk(
        volume.volumeId(),
        attachment.map(VolumeAttachment::device),
        attachment.map(a -> Boolean.TRUE.equals(a.deleteOnTermination())).orElse(false),
        attachment.flatMap(a -> Optional.ofNullable(a.ebsCardIndex())).filter(index -> index > 0));
  }

  private Chosen key(List<Volume> all, List<Volume> toRotate) {
    Set<Optional<String>> current = new LinkedHashSet<>();
    // If every volume is under the key already, its being chosen says so.
    (toRotate.isEmpty() ? all : toRotate)
        .forEach(volume -> current.add(Optional.ofNullable(volume.kmsKeyId())));
    Set<String> rationale = new LinkedHashSet<>();
    Optional<String> arn = Optional.empty();
    for (Optional<String> key : current) {
      TargetKey chosen = TargetKey.choose(request, key, region, findings);
      rationale.addAll(chosen.rationale());
      arn = chosen.arn().map(found -> found.value());
    }
    if (current.size() > 1) {
      toRotate.forEach(
          volume ->
              rationale.add(
                  volume.volumeId()
                      + " is under "
                      + Optional.ofNullable(volume.kmsKeyId()).orElse("no key (not encrypted)")));
    }
    return new Chosen(arn, List.copyOf(rationale));
  }

  /** EC2 does not tell whose a volume is that is not attached. */
  private String account(Located located) {
    Optional<String> owner = located.reservation().map(Reservation::ownerId);
    if (owner.isPresent()) {
      return owner.get();
    }
    return CallerAccount.find(request, findings).or(this::accountOfTargetKey).orElse("");
  }

  private Optional<String> accountOfTargetKey() {
    return targetArn().map(arn -> arn.split(":", -1)[4]);
  }

  private RotationPlan build(
      Subject subject,
      String account,
      List<Volume> toRotate,
      Chosen key,
      SortedMap<String, String> attributes) {
    Instant now = request.clock().instant();
    Optional<String> current =
        toRotate.stream().flatMap(v -> Optional.ofNullable(v.kmsKeyId()).stream()).findFirst();
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), now)
            .target(EbsTarget.KIND, request.target().id())
            .place(region, account)
            .keys(request.why().name(), current, key.arn())
            .rationale(key.rationale())
            .warnings(findings.warnings())
            .attributes(attributes);
    EbsStep.Env env = new EbsStep.Env(plan.build(), subject, ec2, request.kms(), options);
    return plan.steps(EbsSteps.of(env).stream().map(Step::description).toList()).build();
  }

  private String what() {
    return (request.target().isInstance() ? "instance '" : "volume '")
        + request.target().id()
        + "'";
  }
}
