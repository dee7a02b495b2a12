package io.github.kmsrotation.ebs;

import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.EbsTarget;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import software.amazon.awssdk.services.ec2.model.DeviceType;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.ImageState;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/** Plans the copy of an AMI with its snapshots under another key, and that the original goes. */
final class ImagePlanning {

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final Ec2 ec2;
  private final Findings findings;
  private final CopyFindings copies;
  private final String region;

  ImagePlanning(PlanRequest<EbsTarget> request, EbsOptions options, Ec2 ec2) {
    this.request = request;
    this.options = options;
    this.ec2 = ec2;
    this.findings = new Findings(request.target().id());
    this.copies = new CopyFindings(request, options, ec2, findings);
    this.region = ec2.client().serviceClientConfiguration().region().id();
  }

  RotationPlan plan() {
    Image image = image();
    List<String> snapshotIds = ImageAttribute.snapshotIds(image);
    check(image, snapshotIds);
    List<Snapshot> snapshots = snapshots(snapshotIds);
    snapshots.forEach(copies::check);
    List<String> copied = new ArrayList<>(snapshotIds);
    copied.add(image.imageId());
    findings.check(() -> copies.checkOtherRuns(copied));
    Optional<Sharing> sharing =
        findings.look(() -> Sharing.ofImage(ec2, request.calls(), image.imageId()));
    sharing.ifPresent(copies::checkSharing);
    warn(image);
    Key key = key(snapshots);
    findings.throwIfAny(what());
    return build(image, key, CopySettings.attributes(options, sharing.orElseThrow(), snapshotIds));
  }

  private Image image() {
    String id = request.target().id();
    Optional<Optional<Image>> found = findings.look(() -> ec2.image(request.calls(), id));
    if (found.isPresent() && found.get().isEmpty()) {
      findings.problem(
          "The account has no such AMI.",
          "Check the id, and the Region ("
              + region
              + ") and account of the client. An AMI of another account is rotated there.");
    }
    findings.throwIfAny(what());
    return found.flatMap(of -> of).orElseThrow();
  }

  private void check(Image image, List<String> snapshotIds) {
    if (image.state() != ImageState.AVAILABLE) {
      findings.problem(
          "The AMI is " + image.stateAsString() + ".", "Only an available AMI can be copied.");
    }
    if (image.rootDeviceType() != DeviceType.EBS || snapshotIds.isEmpty()) {
      findings.problem(
          "Its root device is an instance store volume.", "There is no snapshot to rotate.");
    }
    if (!image.productCodes().isEmpty()) {
      findings.problem(
          "The AMI has AWS Marketplace product codes.",
          "EC2 copies no such AMI: get one from its seller, or launch, and make an AMI of it.");
    }
    if (VolumeAttribute.text(image.deregistrationProtection()).startsWith("enabled")) {
      findings.problem(
          "The AMI is protected from deregistration.",
          "Turn that off (DisableImageDeregistrationProtection), and on again for the copy once the"
              + " run is over: with a cooldown it could not be rolled back.");
    }
    copies.checkTags(image.imageId(), image.tags());
  }

  private List<Snapshot> snapshots(List<String> ids) {
    List<Snapshot> snapshots = new ArrayList<>();
    for (String id : ids) {
      Optional<Optional<Snapshot>> found = findings.look(() -> ec2.snapshot(request.calls(), id));
      found.flatMap(of -> of).ifPresent(snapshots::add);
      if (found.isPresent() && found.get().isEmpty()) {
        findings.problem(
            "The account has no snapshot " + id + ", which the AMI names.",
            "Its owner has to copy it; or launch from the AMI, and make another of the instance.");
      }
    }
    return snapshots;
  }

  private void warn(Image image) {
    findings.warning(
        "The copy has a new id and another name, '"
            + CopyImageStep.nameOfCopy(image, request.runId())
            + "', as EC2 lets two AMIs of an account not have one name.",
        "Whatever finds the AMI by name or id has to learn it: launch templates and configurations,"
            + " SSM parameters, infrastructure code. The descriptions of its snapshots are EC2's.");
    Optional<ImageUsers> users =
        findings.look(() -> ImageUsers.find(ec2, request.calls(), image.imageId()));
    users.ifPresent(
        found ->
            found
                .texts()
                .forEach(
                    text ->
                        findings.warning(
                            text,
                            "Give it the copy's id. The original is not deregistered as long as a"
                                + " default or latest version names it.")));
    findings.warning(
        "Launch configurations, and what Auto Scaling groups would launch, were not looked at.",
        "Auto Scaling tells them (DescribeLaunchConfigurations, DescribeAutoScalingGroups). A group"
            + " whose instances run from the AMI is named above, as are all launch templates.");
    findings.check(() -> copies.warnAboutOtherCopies(ImageAttribute.snapshotIds(image).size()));
    copies.warnAboutEveryCopy();
  }

  private record Key(Optional<String> current, TargetKey chosen) {}

  /** The policy is asked for each key that snapshots are under, but for the one they go to. */
  private Key key(List<Snapshot> snapshots) {
    Set<Optional<String>> current = new LinkedHashSet<>();
    snapshots.forEach(snapshot -> current.add(Optional.ofNullable(snapshot.kmsKeyId())));
    Optional<String> target = targetArn();
    if (current.size() > 1) {
      current.remove(target);
    }
    TargetKey chosen = new TargetKey(Optional.empty(), List.of());
    Set<String> rationale = new LinkedHashSet<>();
    for (Optional<String> key : current) {
      chosen = TargetKey.choose(request, key, region, findings);
      rationale.addAll(chosen.rationale());
    }
    return new Key(
        current.stream().flatMap(Optional::stream).findFirst(),
        new TargetKey(chosen.arn(), List.copyOf(rationale)));
  }

  /** Whatever is wrong with the key that was named is told when it is chosen. */
  private Optional<String> targetArn() {
    return new Findings(what())
        .look(() -> request.targetKey().map(key -> request.keys().read(key).arn().value()))
        .flatMap(arn -> arn);
  }

  private RotationPlan build(Image image, Key key, SortedMap<String, String> attributes) {
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), request.clock().instant())
            .target(EbsTarget.KIND, image.imageId())
            .place(region, image.ownerId())
            .keys(request.why().name(), key.current(), key.chosen().arn().map(KeyArn::value))
            .rationale(key.chosen().rationale())
            .warnings(findings.warnings())
            .attributes(attributes);
    EbsStep.Env env = new EbsStep.Env(plan.build(), Subject.none(), ec2, request.kms(), options);
    return plan.steps(steps(env).stream().map(Step::description).toList()).build();
  }

  private String what() {
    return "AMI '" + request.target().id() + "'";
  }

  static List<Step> steps(EbsStep.Env env) {
    CopySettings settings = CopySettings.of(env.plan());
    List<Step> steps = new ArrayList<>();
    steps.add(new CopyImageStep(env, settings));
    steps.add(new DressImageStep(env));
    steps.add(ImageVerifier.step(env));
    if (!settings.sharing().isPrivate()) {
      steps.add(new ShareStep(env, settings.sharing(), CopyImageStep.ID));
    }
    steps.add(new SeeImageStep(env, settings.observeFor()));
    steps.add(new RetireImageStep(env));
    steps.add(new RetireImageSnapshotsStep(env, settings.snapshotIds()));
    steps.add(new UntagCopiesStep(env));
    return steps;
  }
}
