package io.github.kmsrotation.ebs;

import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.EbsTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/** Plans the copy of a snapshot under another key, and that the original is deleted. */
final class SnapshotPlanning {

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final Ec2 ec2;
  private final Findings findings;
  private final CopyFindings copies;

  SnapshotPlanning(PlanRequest<EbsTarget> request, EbsOptions options, Ec2 ec2) {
    this.request = request;
    this.options = options;
    this.ec2 = ec2;
    this.findings = new Findings(request.target().id());
    this.copies = new CopyFindings(request, options, ec2, findings);
  }

  RotationPlan plan() {
    String id = request.target().id();
    String region = ec2.client().serviceClientConfiguration().region().id();
    Optional<Optional<Snapshot>> found = findings.look(() -> ec2.snapshot(request.calls(), id));
    if (found.isPresent() && found.get().isEmpty()) {
      findings.problem(
          "The account has no such snapshot.",
          "Check the id, and the Region (" + region + ") and account of the client.");
    }
    findings.throwIfAny(what());
    Snapshot snapshot = found.flatMap(of -> of).orElseThrow();
    copies.check(snapshot);
    findings.check(() -> copies.checkOtherRuns(List.of(id)));
    Optional<Sharing> sharing = findings.look(() -> Sharing.ofSnapshot(ec2, request.calls(), id));
    sharing.ifPresent(copies::checkSharing);
    findings.check(() -> warnAboutImages(id));
    findings.check(() -> warnAboutTemplates(id));
    findings.check(() -> copies.warnAboutOtherCopies(1));
    copies.warnAboutEveryCopy();
    TargetKey chosen =
        TargetKey.choose(request, Optional.ofNullable(snapshot.kmsKeyId()), region, findings);
    findings.throwIfAny(what());
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), request.clock().instant())
            .target(EbsTarget.KIND, id)
            .place(region, snapshot.ownerId())
            .keys(
                request.why().name(),
                Optional.ofNullable(snapshot.kmsKeyId()),
                chosen.arn().map(KeyArn::value))
            .rationale(chosen.rationale())
            .warnings(findings.warnings())
            .attributes(CopySettings.attributes(options, sharing.orElseThrow(), List.of(id)));
    EbsStep.Env env = new EbsStep.Env(plan.build(), Subject.none(), ec2, request.kms(), options);
    return plan.steps(steps(env).stream().map(Step::description).toList()).build();
  }

  private void warnAboutImages(String id) {
    List<String> images = ec2.imagesOf(request.calls(), id).stream().map(Image::imageId).toList();
    if (!images.isEmpty()) {
      findings.warning(
          "The snapshot is named by AMIs: " + String.join(", ", images) + ".",
          "The copy is made, but the original is not deleted as long as they name it: rotate them"
              + " instead (RotationPlanner.forEbs), which copies their snapshots.");
    }
  }

  private void warnAboutTemplates(String id) {
    ImageUsers.ofSnapshot(ec2, request.calls(), id)
        .texts()
        .forEach(
            text ->
                findings.warning(
                    text,
                    "Give it the copy's id. The original is not deleted as long as a default or"
                        + " latest version names it."));
  }

  private String what() {
    return "snapshot '" + request.target().id() + "'";
  }

  static List<Step> steps(EbsStep.Env env) {
    CopySettings settings = CopySettings.of(env.plan());
    List<Step> steps = new ArrayList<>();
    steps.add(new CopySnapshotStep(env, settings));
    steps.add(SnapshotCopyVerifier.step(env));
    if (!settings.sharing().isPrivate()) {
      steps.add(new ShareStep(env, settings.sharing(), CopySnapshotStep.ID));
    }
    steps.add(new SeeSnapshotCopyStep(env, settings.observeFor()));
    steps.add(new RetireSnapshotStep(env));
    steps.add(new UntagCopiesStep(env));
    return steps;
  }
}
