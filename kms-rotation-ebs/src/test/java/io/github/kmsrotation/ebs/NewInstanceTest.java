package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.Tag;

/** A new instance with the new volumes takes over, and the original goes in the end. */
class NewInstanceTest {

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test starts its own first
  private NewInstanceWorld aws;

  private NewInstanceWorld start() {
    aws = new NewInstanceWorld(directory);
    return aws;
  }

  @AfterEach
  void close() {
    aws.close();
  }

  @Test
  void newInstance_withTheOriginalStopped_takesOverItsTrafficAndData() {
    start();
    EbsOptions options = aws.stopping().build();

    aws.assertTakenOver(aws.approving(options).run(aws.plan(options)));
    assertThat(aws.world.aws.ec2().snapshots()).hasSize(2);
  }

  @Test
  void newInstance_whereWritesMayBeLost_takesOverWithoutAStop() {
    start();
    EbsOptions options = aws.losing().deleteFinalSnapshots().build();

    aws.assertTakenOver(aws.approving(options).run(aws.plan(options)));
    assertThat(aws.world.aws.calls().of("StopInstances")).isEmpty();
    assertThat(aws.world.aws.ec2().snapshots()).isEmpty();
    assertThat(aws.world.ec2.describeImages(r -> r.owners("self")).images()).isEmpty();
  }

  @Test
  void newInstance_withAFreeze_isThawedBeforeItGetsTraffic() {
    start();
    EbsOptions options = aws.freezing().build();

    aws.assertTakenOver(aws.approving(options).run(aws.plan(options)));
    assertThat(aws.world.application.freezes)
        .containsExactly(
            "freeze " + aws.attachedBefore.get(EbsWorld.DATA) + " at " + EbsWorld.DATA,
            "freeze " + aws.attachedBefore.get(EbsWorld.ROOT) + " at " + EbsWorld.ROOT,
            "thaw " + aws.world.at(aws.successor(), EbsWorld.DATA) + " at " + EbsWorld.DATA,
            "thaw " + aws.world.at(aws.successor(), EbsWorld.ROOT) + " at " + EbsWorld.ROOT);
  }

  @Test
  void rollBack_afterTheNewInstanceServed_bringsTheOriginalBack_andKeepsWhatWasWritten() {
    start();
    EbsOptions options = aws.stopping().build();
    RotationPlan plan = aws.plan(options);
    Approvals notForDeletion =
        Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test"));
    RotationReport stopped =
        aws.world.runner().with(options).approval(notForDeletion).build().run(plan);
    assertThat(stopped.status()).as(stopped.describe()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(aws.targets()).containsOnlyKeys(aws.successor() + ":8080");
    aws.world.write(aws.world.at(aws.successor(), EbsWorld.DATA), "during");

    RotationReport report = aws.world.runner().with(options).build().rollBack(plan.runId());

    aws.assertAsBefore(report);
    assertThat(aws.world.aws.ec2().snapshots()).hasSize(2);
    assertThat(aws.world.aws.ec2().snapshots().keySet().stream().map(s -> aws.world.read(s, 6)))
        .containsExactlyInAnyOrder("during|during", "orders|orders");
    assertThat(report.describe()).contains(aws.world.aws.ec2().snapshots().keySet());
  }

  @Test
  void rotateIn_whenTheNewInstanceGetsNotHealthy_isBlocked_andTheOriginalServesAfterARollBack() {
    start();
    EbsOptions options = aws.losing().build();
    RotationPlan plan = aws.plan(options);
    Approvals failing =
        Approvals.before(
            Phase.CUTOVER,
            Phase.RETIRE,
            request -> {
              aws.world.aws.elb().failHealthChecks(aws.successor());
              return Approval.granted("a test");
            });

    RotationReport report = aws.world.runner().with(options).approval(failing).build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("unhealthy, Target.FailedHealthChecks");
    assertThat(aws.targets()).containsEntry(aws.original + ":8080", "healthy");
    aws.assertAsBefore(aws.world.runner().with(options).build().rollBack(plan.runId()));
  }

  @Test
  void launch_whenEbsMayNotUseTheNewKey_saysSo_andIsResumedOnceItMay() {
    start();
    EbsOptions options = aws.losing().build();
    RotationPlan plan = aws.plan(options);
    aws.world.kms.disableKey(r -> r.keyId(aws.world.newKey));

    RotationReport report = aws.approving(options).run(plan);

    assertThat(report.status()).as(report.describe()).isIn(RunStatus.BLOCKED, RunStatus.FAILED);
    assertThat(aws.targets()).containsEntry(aws.original + ":8080", "healthy");
    aws.world.kms.enableKey(r -> r.keyId(aws.world.newKey));
    aws.assertTakenOver(aws.approving(options).resume(plan.runId()));
  }

  @Test
  void retire_whenTheOriginalIsProtected_waitsForSomebodyToTakeThatOff() {
    start();
    aws.world.ec2.modifyInstanceAttribute(
        r -> r.instanceId(aws.original).disableApiTermination(v -> v.value(true)));
    EbsOptions options = aws.losing().build();
    RotationPlan plan = aws.plan(options);

    RotationReport report = aws.approving(options).run(plan);

    assertThat(report.status()).as(report.describe()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("protected from termination");
    aws.world.ec2.modifyInstanceAttribute(
        r -> r.instanceId(aws.original).disableApiTermination(v -> v.value(false)));
    aws.assertTakenOver(aws.approving(options).resume(plan.runId()));
    assertThat(
            aws.world
                .ec2
                .describeInstanceAttribute(
                    r -> r.instanceId(aws.successor()).attribute("disableApiTermination"))
                .disableApiTermination()
                .value())
        .isTrue();
  }

  @Test
  void retire_whenTheOriginalGotAnotherVolumeThatWouldGoWithIt_deletesNothing() {
    start();
    EbsOptions options = aws.stopping().build();
    RotationPlan plan = aws.plan(options);
    runUpToRetire(options, plan);
    String later = aws.world.volume(r -> {});
    aws.world.attach(later, aws.original, "/dev/sdm");
    aws.world.deleteOnTermination(aws.original, "/dev/sdm", true);

    RotationReport report = aws.approving(options).resume(plan.runId());

    assertThat(report.status()).as(report.describe()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(later).contains("no copy");
    assertThat(aws.alive()).contains(aws.original);
    aws.world.deleteOnTermination(aws.original, "/dev/sdm", false);
    aws.approving(options).resume(plan.runId()).requireComplete();
    assertThat(aws.alive()).doesNotContain(aws.original);
    assertThat(aws.world.aws.ec2().volumes()).containsKey(later);
  }

  @Test
  void retire_whenSomebodyStartedTheOriginalAfterTheCutover_doesNotTerminateIt() {
    start();
    EbsOptions options = aws.stopping().build();
    RotationPlan plan = aws.plan(options);
    runUpToRetire(options, plan);
    aws.world.start(aws.original);

    RotationReport report = aws.approving(options).resume(plan.runId());

    assertThat(report.status()).as(report.describe()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("somebody started it");
    assertThat(aws.alive()).contains(aws.original);
  }

  private void runUpToRetire(EbsOptions options, RotationPlan plan) {
    RotationReport report =
        aws.world
            .runner()
            .with(options)
            .approval(Approvals.before(Phase.RETIRE, request -> Approval.later()))
            .build()
            .run(plan);
    assertThat(report.status()).as(report.describe()).isEqualTo(RunStatus.AWAITING_APPROVAL);
  }

  @Test
  void cutover_whenSomebodyStartedTheOriginalMeanwhile_switchesNothing() {
    start();
    EbsOptions options = aws.stopping().build();
    RotationPlan plan = aws.plan(options);
    Approvals meddling =
        Approvals.before(
            Phase.CUTOVER,
            Phase.RETIRE,
            request -> {
              aws.world.start(aws.original);
              return Approval.granted("a test");
            });

    RotationReport report = aws.world.runner().with(options).approval(meddling).build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("somebody started it");
    assertThat(aws.targets()).containsOnlyKeys(aws.original + ":8080");
  }

  private String problems(EbsOptions options) {
    PlanningException refusal =
        catchThrowableOfType(PlanningException.class, () -> aws.plan(options));
    assertThat(refusal).as("planning was refused").isNotNull();
    assertThat(aws.world.aws.calls().of("CreateImage")).isEmpty();
    return refusal.problems().toString();
  }

  @Test
  void plan_saysWhatANewInstanceDoesNotKeep() {
    start();

    assertThat(aws.plan(aws.stopping().build()).describe())
        .contains("private IP address (" + aws.original + " has ")
        .contains("boots from a copy of everything")
        .contains("cloud-init runs it once more")
        .contains("is stopped from before the snapshots until the new instance serves")
        .contains("elasticloadbalancing:RegisterTargets")
        .contains("which termination leaves");
  }

  @Test
  void plan_withoutAWordOnWrites_orWithAddressesAndInterfacesThatStay_isRefused() {
    start();
    aws.world.aws.ec2().associateElasticIp(aws.original, "198.51.100.7");
    aws.world.aws.ec2().attachInterface(aws.original);

    assertThat(problems(aws.world.application.undecided().newInstance(aws.traffic()).build()))
        .contains("would not have what is written after the snapshots")
        .contains("Elastic IP address 198.51.100.7")
        .contains("2 network interfaces");
  }

  @Test
  void plan_ofAStoppedInstance_ofAGroup_orOfAVolume_isRefused() {
    start();
    aws.world.group(aws.original, "workers");
    aws.world.stop(aws.original);

    assertThat(problems(aws.stopping().build()))
        .contains("is stopped, so that it has no traffic")
        .contains("Auto Scaling group workers");
    assertThatThrownBy(
            () ->
                aws.world
                    .planner(aws.world.at(aws.original, EbsWorld.DATA))
                    .with(aws.stopping().build())
                    .plan())
        .hasMessageContaining("the target is not an instance");
  }

  /** As a copy has that was made with all tags. */
  @Test
  void imageOfSomebodyElse_thatHasTheRunsTag_isNeitherLaunchedNorDeregistered() {
    start();
    EbsOptions options = aws.losing().build();
    RotationPlan plan = aws.plan(options);
    String theirs =
        aws.world
            .ec2
            .createImage(
                r ->
                    r.instanceId(aws.original)
                        .name("theirs")
                        .noReboot(true)
                        .tagSpecifications(
                            EbsWorld.tags(
                                "image", EbsWorld.tag(RunId.TAG_KEY, plan.runId().value()))))
            .imageId();

    aws.approving(options).run(plan).requireComplete();

    assertThat(aws.describe(aws.successor()).imageId()).isNotEqualTo(theirs);
    assertThat(aws.world.ec2.describeImages(r -> r.owners("self")).images())
        .extracting(Image::imageId)
        .contains(theirs);
  }

  @Test
  void plan_ofAnInstanceOnAnOutpost_isRefused() {
    start();
    ExecutionInterceptor onAnOutpost =
        new ExecutionInterceptor() {
          @Override
          public SdkResponse modifyResponse(
              Context.ModifyResponse context, ExecutionAttributes attributes) {
            return context.response() instanceof DescribeInstancesResponse response
                ? response.toBuilder()
                    .reservations(response.reservations().stream().map(r -> moved(r)).toList())
                    .build()
                : context.response();
          }
        };
    try (Ec2Client client =
        EbsApplication.client(Ec2Client.builder(), aws.world.aws.endpoint(), aws.world.aws.region())
            .overrideConfiguration(c -> c.addExecutionInterceptor(onAnOutpost))
            .build()) {

      assertThatThrownBy(() -> aws.plan(aws.losing().client(client).build()))
          .isInstanceOf(PlanningException.class)
          .hasMessageContaining("is on an Outpost, where this release launches none");
    }
  }

  private static Reservation moved(Reservation reservation) {
    String outpost = "arn:aws:outposts:eu-central-1:111122223333:outpost/op-0123456789abcdef0";
    return reservation.toBuilder()
        .instances(
            reservation.instances().stream().map(i -> i.copy(c -> c.outpostArn(outpost))).toList())
        .build();
  }

  @Test
  void plan_whereTheTargetGroupDoesNotKnowTheInstance_orIsNotUsed_isRefused() {
    start();
    String unused = aws.world.aws.elb().unusedTargetGroup("spare");

    assertThat(
            problems(
                aws.world
                    .application
                    .stopping()
                    .newInstance(TargetGroupSwitch.of(aws.elb, aws.group).ports(80, 81))
                    .build()))
        .contains("by the ports [8080], and the switch is for [80, 81]");
    assertThat(
            problems(
                aws.world
                    .application
                    .stopping()
                    .newInstance(TargetGroupSwitch.of(aws.elb, unused))
                    .build()))
        .contains("No load balancer sends traffic");
  }

  @Test
  void runner_withoutTheTrafficSwitch_orTheConsent_asksForIt() {
    start();
    RotationPlan plan = aws.plan(aws.losing().build());

    assertThatThrownBy(() -> aws.approving(aws.world.application.undecided().build()).run(plan))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("iAcceptLosingWritesMadeAfterTheSnapshot()");
    assertThatThrownBy(
            () ->
                aws.approving(aws.world.application.stopping().build())
                    .run(aws.plan(aws.stopping().build())))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("newInstance(...)");
  }

  @Test
  void options_thatContradict_areRefused() {
    start();

    assertThatThrownBy(() -> aws.stopping().iAcceptLosingWritesMadeAfterTheSnapshot().build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EbsOptions.builder().iAcceptLosingWritesMadeAfterTheSnapshot().build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TargetGroupSwitch.of(aws.elb, "orders"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TargetGroupSwitch.of(aws.elb, aws.group).ports(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The console's "Launch more like this" takes over the tags, the run's among them. */
  @Test
  void rollBack_leavesAnInstanceThatSomebodyLaunchedLikeTheNewOne() {
    start();
    EbsOptions options = aws.losing().build();
    RotationPlan plan = aws.plan(options);
    Approvals notForDeletion =
        Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test"));
    assertThat(aws.world.runner().with(options).approval(notForDeletion).build().run(plan).status())
        .isEqualTo(RunStatus.AWAITING_APPROVAL);
    Tag[] tags = aws.describe(aws.successor()).tags().toArray(Tag[]::new);
    String another = aws.world.instance(r -> r.tagSpecifications(EbsWorld.tags("instance", tags)));

    RotationReport report = aws.world.runner().with(options).build().rollBack(plan.runId());

    assertThat(report.status()).as(report.describe()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(aws.world.aws.ec2().instances()).containsEntry(another, "running");
  }
}
