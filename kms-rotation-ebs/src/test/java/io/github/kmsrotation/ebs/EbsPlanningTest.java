package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.target.EbsTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.Tag;

/** What is wrong is said, all of it at once, before anything is changed. */
class EbsPlanningTest {

  @TempDir Path directory;
  private EbsWorld world;

  @BeforeEach
  void start() {
    world = new EbsWorld(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private List<Notice> problemsOf(RotationPlanner<EbsTarget> planner) {
    int mutating = world.aws.calls().mutating().size();
    PlanningException refusal = catchThrowableOfType(PlanningException.class, planner::plan);
    assertThat(refusal).as("planning was refused").isNotNull();
    assertThat(refusal).hasMessageContaining("Nothing was changed");
    assertThat(world.aws.calls().mutating()).hasSize(mutating);
    assertThat(refusal.problems()).allSatisfy(p -> assertThat(p.toString()).doesNotContain("null"));
    return refusal.problems();
  }

  private Notice problemOf(RotationPlanner<EbsTarget> planner) {
    List<Notice> problems = problemsOf(planner);
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vol-",
        "vol-xyz",
        "i-0123",
        "VOL-0123456789abcdef0",
        "snap-1",
        "eni-12345678"
      })
  void forEbs_ofWhatIsNoId_isRefusedBeforeAnyCall(String id) {
    world.aws.calls().clear();

    assertThatThrownBy(() -> RotationPlanner.forEbs(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + id + "'");
    assertThat(world.aws.calls().all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"vol-0123456789abcdef0", "i-0123456789abcdef0"})
  void plan_ofWhatIsNotThere_saysWhereToLook(String id) {
    Notice problem = problemOf(world.planner(id));

    assertThat(problem.text()).startsWith("There is no such ");
    assertThat(problem.remedy()).contains("eu-central-1");
  }

  @Test
  void plan_ofAVolumeUnderTheKeyAlready_saysThatThereIsNothingToDo() {
    String volume = world.volume(r -> r.kmsKeyId(world.newKey));

    Notice problem = problemOf(world.planner(volume));

    assertThat(problem.text()).isEqualTo("It is under " + world.newKey + " already.");
    assertThat(problem.remedy()).isEqualTo("There is nothing to do.");
  }

  @Test
  void plan_ofAnInstanceWithAllVolumesUnderTheKey_saysThatThereIsNothingToDo() {
    String instance =
        world.instance(
            r ->
                r.blockDeviceMappings(
                    EbsWorld.disk(EbsWorld.ROOT, e -> e.encrypted(true).kmsKeyId(world.newKey))));

    assertThat(problemOf(world.planner(instance)).remedy()).isEqualTo("There is nothing to do.");
  }

  @Test
  void plan_ofARunningInstance_withoutAWordOnHowWritesStop_asksForIt() {
    String instance = world.instance(r -> {});

    Notice problem = problemOf(world.planner(instance).with(world.application.undecided().build()));

    assertThat(problem.text()).contains("would be lost");
    assertThat(problem.remedy()).contains("stopInstance()").contains("writeFreeze");
  }

  @Test
  void plan_ofARootVolumeWithAFreeze_saysThatItNeedsAStop() {
    String instance = world.instance(r -> {});

    Notice problem = problemOf(world.planner(instance).with(world.application.freezing().build()));

    assertThat(problem.text()).contains("root volume").contains(EbsWorld.ROOT);
  }

  @Test
  void plan_ofAVolumeInError_namesItsState() {
    String volume = world.volume(r -> {});
    world.aws.ec2().breakVolume(volume);

    assertThat(problemOf(world.planner(volume)).text()).contains("is error");
  }

  @Test
  void plan_ofATerminatedInstance_namesItsState() {
    String instance = world.instance(r -> {});
    world.ec2.terminateInstances(r -> r.instanceIds(instance));
    world.settle();

    List<Notice> problems = problemsOf(world.planner(instance));

    assertThat(problems).anySatisfy(p -> assertThat(p.text()).contains("is terminated"));
    assertThat(problems).anySatisfy(p -> assertThat(p.text()).contains("no EBS volumes"));
  }

  @Test
  void plan_ofAVolumeOnAnInstanceStoreRoot_saysThatItCannotBeStopped() {
    String instance =
        world
            .ec2
            .runInstances(
                r ->
                    r.imageId(world.aws.ec2().instanceStoreImage())
                        .instanceType("m3.medium")
                        .minCount(1)
                        .maxCount(1)
                        .placement(p -> p.availabilityZone(EbsWorld.ZONE)))
            .instances()
            .get(0)
            .instanceId();
    world.settle();
    String volume = world.volume(r -> {});
    world.attach(volume, instance, EbsWorld.DATA);

    List<Notice> problems = problemsOf(world.planner(volume));

    assertThat(problems).anySatisfy(p -> assertThat(p.text()).contains("cannot be stopped"));
    assertThat(problems).anySatisfy(p -> assertThat(p.text()).contains("data is lost"));
  }

  @Test
  void plan_ofAnInstanceWithInstanceStoreVolumes_asksForConsent() {
    String instance = world.instance(r -> r.instanceType("m5d.large"));

    assertThat(problemOf(world.planner(instance)).remedy())
        .contains("iAcceptLosingInstanceStoreData()");

    EbsOptions accepting = world.application.stopping().iAcceptLosingInstanceStoreData().build();
    assertThat(world.planner(instance).with(accepting).plan().steps()).isNotEmpty();
  }

  @Test
  void plan_ofAnInstanceTypeThatTakesNoEncryptedVolumes_namesIt() {
    String instance =
        world.instance(
            r ->
                r.instanceType("t1.micro")
                    .blockDeviceMappings(EbsWorld.disk(EbsWorld.ROOT, e -> e.volumeType("gp3"))));

    assertThat(problemOf(world.planner(instance)).text())
        .isEqualTo("The instance type t1.micro takes no encrypted volumes.");
  }

  @Test
  void plan_ofAProtectedInstance_namesTheProtection() {
    String instance = world.instance(r -> r.disableApiStop(true));

    assertThat(problemOf(world.planner(instance)).text()).contains("protected from being stopped");
  }

  @Test
  void plan_ofAnInstanceOfAnAutoScalingGroup_asksThatTheGroupLeavesItAlone() {
    String instance = world.instance(r -> {});
    world.group(instance, "orders");
    EbsOptions suspended = world.application.stopping().autoScalingIsSuspended().build();

    Notice problem = problemOf(world.planner(instance));

    assertThat(problem.text()).contains("Auto Scaling group orders");
    assertThat(problem.remedy()).contains("autoScalingIsSuspended()");
    assertThat(world.planner(instance).with(suspended).plan().steps()).isNotEmpty();
  }

  @Test
  void plan_ofTheNewVolumeOfARunUnderWay_namesTheRun() {
    String volume = world.volume(r -> {});
    RotationPlan first = world.planner(volume).plan();
    world.runner().build().run(first); // awaits the approval for RETIRE
    String replacement =
        world.aws.ec2().volumes().keySet().stream()
            .filter(id -> !id.equals(volume))
            .findFirst()
            .orElseThrow();

    assertThat(problemOf(world.planner(replacement).toKey(world.oldKey)).text())
        .contains("Run " + first.runId());
  }

  @Test
  void plan_ofWhatAServiceManages_namesTheService() {
    String instance = world.instance(r -> {});
    world.aws.ec2().manage(instance, "eks.amazonaws.com");
    String volume = world.volume(r -> {});
    world.aws.ec2().manage(volume, "eks.amazonaws.com");

    assertThat(problemOf(world.planner(instance)).text()).contains("managed by eks.amazonaws.com");
    assertThat(problemOf(world.planner(volume)).text()).contains("managed by eks.amazonaws.com");
  }

  @Test
  void plan_ofAVolumeOnTwoInstances_saysSo() {
    String volume = world.volume(r -> r.volumeType("io2").iops(1000).multiAttachEnabled(true));
    world.attach(volume, world.instance(r -> {}), EbsWorld.DATA);
    world.attach(volume, world.instance(r -> {}), EbsWorld.DATA);

    assertThat(problemsOf(world.planner(volume)))
        .anySatisfy(p -> assertThat(p.text()).contains("attached to 2 instances"));
  }

  @Test
  void plan_ofASoldVolumeWithAFreeze_saysThatItNeedsAStop() {
    String instance = world.instance(r -> {});
    String volume = world.volume(r -> {});
    world.attach(volume, instance, EbsWorld.DATA);
    world.aws.ec2().sell(volume, "a1b2c3");

    assertThat(problemOf(world.planner(volume).with(world.application.freezing().build())).text())
        .contains("Marketplace");
  }

  @Test
  void plan_ofAVolumeThatIsBeingModified_waitsForNothing() {
    String volume = world.volume(r -> {});
    world.ec2.modifyVolume(r -> r.volumeId(volume).size(9));

    assertThat(problemOf(world.planner(volume)).text()).contains("is being modified");
  }

  @Test
  void plan_ofAVolumeWith50Tags_namesTheLimit() {
    Tag[] tags =
        IntStream.range(0, 50).mapToObj(n -> EbsWorld.tag("t" + n, "v")).toArray(Tag[]::new);
    String volume = world.volume(r -> r.tagSpecifications(EbsWorld.tags("volume", tags)));

    assertThat(problemOf(world.planner(volume)).text()).contains("50 tags");
  }

  @Test
  void plan_whileAnotherRunOfAVolumeOfTheInstanceIsUnderWay_namesIt() {
    String instance = world.instance(r -> {});
    String data = world.volume(r -> {});
    world.attach(data, instance, EbsWorld.DATA);
    RotationPlan first = world.planner(data).plan();
    world.runner().build().run(first); // awaits the approval for RETIRE

    Notice problem = problemOf(world.planner(instance));

    assertThat(problem.text()).contains("Run " + first.runId());
    assertThat(problem.remedy()).contains(RunId.TAG_KEY + "=" + first.runId());
  }

  @Test
  void plan_toAKeyThatIsDisabled_ofAnotherRegion_orNotThere_namesIt() {
    String volume = world.volume(r -> {});
    world.kms.disableKey(r -> r.keyId(world.newKey));

    assertThat(problemOf(world.planner(volume)).text()).contains("DISABLED");
    assertThat(
            problemOf(
                    world.planner(volume).toKey(world.newKey.replace("eu-central-1", "us-east-1")))
                .text())
        .isEqualTo("The key is not in eu-central-1.");
    assertThat(problemOf(world.planner(volume).toKey("alias/volumes-2062")).text())
        .contains("There is no KMS key 'alias/volumes-2062'");
  }

  @Test
  void plan_toABadKey_ofAnInstanceWithSeveralKeys_saysItOnce() {
    String instance = world.instance(r -> {});
    world.attach(world.volume(r -> r.encrypted(false).kmsKeyId(null)), instance, EbsWorld.DATA);

    assertThat(problemOf(world.planner(instance).toKey("alias/volumes-2062")).text())
        .contains("There is no KMS key");
  }

  @Test
  void plan_whoseReasonNeedsNoMove_saysWhatToDoInstead() {
    String volume = world.volume(r -> {});

    assertThat(problemOf(world.planner(volume).because(RotationReason.SCHEDULE_REQUIRED)).remedy())
        .contains("Enable rotation of the key");
  }

  @Test
  void plan_withSeveralProblems_saysAllOfThem() {
    String instance = world.instance(r -> r.instanceType("m5d.large").disableApiStop(true));
    world.kms.disableKey(r -> r.keyId(world.newKey));

    assertThat(problemsOf(world.planner(instance))).hasSize(3);
  }

  @Test
  void plan_whereCallsAreDenied_saysWhichPermissionsAreMissing() {
    String instance = world.instance(r -> {});
    world.aws.faults().on("DescribeInstanceTypes").error("UnauthorizedOperation", 403);
    world.aws.faults().on("DescribeSnapshots").error("UnauthorizedOperation", 403);

    assertThat(problemsOf(world.planner(instance)))
        .extracting(Notice::text)
        .anySatisfy(text -> assertThat(text).contains("ec2:DescribeInstanceTypes"))
        .anySatisfy(text -> assertThat(text).contains("ec2:DescribeSnapshots"));
  }

  @Test
  void plan_warnsOfWhatItCannotCarryOver() {
    String instance = world.instance(r -> {});
    String volume =
        world.volume(
            r ->
                r.tagSpecifications(
                    EbsWorld.tags(
                        "volume", EbsWorld.tag("kubernetes.io/created-for/pv/name", "pv-1"))));
    world.attach(volume, instance, EbsWorld.DATA);
    world.aws.faults().on("GenerateDataKeyWithoutPlaintext").error("AccessDeniedException", 400);

    String text = world.planner(instance).plan().describe();

    assertThat(text)
        .contains("PersistentVolume")
        .contains("kms:CreateGrant")
        .contains("is stopped from before the snapshots")
        .contains("new ids")
        .contains("stay under the old key")
        .contains("slow until it was read once");
  }

  @Test
  void plan_ofAVolumeThatALifecyclePolicyOrAWSBackupMakesSnapshotsOf_saysSo() {
    String volume = world.volume(r -> {});
    String byPolicy = snapshot(volume);
    String byBackup = snapshot(volume);
    world.aws.ec2().tagAsAws(byPolicy, "aws:dlm:lifecycle-policy-id", "policy-0123");
    world.aws.ec2().tagAsAws(byBackup, "aws:backup:source-resource", "arn:aws:ec2:::" + volume);
    world.aws.ec2().tagAsAws(volume, "aws:cloudformation:stack-name", "orders");

    assertThat(world.planner(volume).plan().warnings())
        .extracting(Notice::text)
        .contains(
            "A policy of Data Lifecycle Manager makes snapshots of the volume " + volume + ".",
            "AWS Backup makes snapshots of the volume " + volume + ".",
            "The volume "
                + volume
                + " has tags that only AWS can set: aws:cloudformation:stack-name.");
  }

  private String snapshot(String volume) {
    String id = world.ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
    world.settle();
    return id;
  }

  @Test
  void plan_ofAVolumeWithAsManyPendingSnapshotsAsThereCanBe_namesTheQuota() {
    String ssd = world.volume(r -> {});
    String hdd = world.volume(r -> r.volumeType("st1").size(125));
    for (int n = 0; n < 4; n++) {
      pendingSnapshot(ssd);
    }
    assertThat(world.planner(ssd).plan().warnings()).isNotEmpty();
    pendingSnapshot(ssd);
    pendingSnapshot(hdd);

    assertThat(problemsOf(world.planner(ssd)))
        .extracting(Notice::text)
        .containsExactly(
            "5 snapshots of the volume " + ssd + " are pending; EC2 makes 5 at a time.");
    assertThat(problemsOf(world.planner(hdd)))
        .extracting(Notice::text)
        .containsExactly(
            "1 snapshots of the volume " + hdd + " are pending; EC2 makes 1 at a time.");
  }

  private void pendingSnapshot(String volume) {
    world.ec2.createSnapshot(r -> r.volumeId(volume));
    world.aws.clock().advance(Duration.ofSeconds(20));
  }

  @Test
  void plan_namesEachRightThatKmsDenies() {
    String volume = world.volume(r -> {});
    world.aws.faults().on("CreateGrant").error("AccessDeniedException", 400);

    assertThat(world.planner(volume).plan().warnings().toString())
        .contains("KMS denies the caller kms:CreateGrant for " + world.newKey)
        .contains("kms:GrantIsForAWSResource")
        .doesNotContain("denies the caller kms:GenerateDataKey");
  }

  @Test
  void plan_whereTheCallerMayNotDecrypt_saysSo() {
    String volume = world.volume(r -> {});
    world.aws.faults().on("Decrypt").error("AccessDeniedException", 400);
    world.aws.faults().on("ReEncrypt").error("AccessDeniedException", 400);

    assertThat(world.planner(volume).plan().warnings().toString())
        .contains("KMS denies the caller kms:Decrypt and kms:ReEncrypt* for " + world.newKey);
    world.aws.faults().clear();
    assertThat(world.planner(volume).plan().warnings().toString()).doesNotContain("KMS denies");
  }

  @Test
  void plan_namesCallsAndKeysAndWhatCannotBeUndone() {
    String instance = world.instance(r -> {});

    RotationPlan plan = world.planner(instance).plan();

    assertThat(plan.accountId()).isEqualTo("111122223333");
    assertThat(plan.region()).isEqualTo("eu-central-1");
    assertThat(plan.currentKeyArn()).contains(world.oldKey);
    assertThat(plan.targetKeyArn()).contains(world.newKey);
    assertThat(plan.describe())
        .contains("ec2:StopInstances")
        .contains("Delete the original")
        .contains("CANNOT BE UNDONE");
  }

  @Test
  void plan_thatStopsOrFreezes_isNotRunByARunnerWithoutThatOption() {
    String instance = world.instance(r -> {});
    String data = world.volume(r -> {});
    world.attach(data, instance, EbsWorld.DATA);
    RotationPlan stopping = world.planner(instance).plan();
    RotationPlan freezing = world.planner(data).with(world.application.freezing().build()).plan();
    EbsOptions undecided = world.application.undecided().build();

    assertThatThrownBy(() -> world.approving(undecided).run(stopping))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("stopInstance()");
    assertThatThrownBy(() -> world.approving(undecided).run(freezing))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("writeFreeze");
  }

  @Test
  void options_outOfRange_areRefused() {
    EbsOptions.Builder builder = EbsOptions.builder();

    assertThatThrownBy(() -> builder.volumeInitializationRate(99))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.volumeInitializationRate(301))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.observeFor(Duration.ofDays(31)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.patience(Duration.ofSeconds(59)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> world.application.freezing().stopInstance().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not both");
  }
}
