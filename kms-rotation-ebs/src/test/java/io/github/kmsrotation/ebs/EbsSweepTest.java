package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.run.SweepReport;
import io.github.kmsrotation.run.SweepReport.Fate;
import io.github.kmsrotation.run.SweepScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Volume;

/** A sweep removes what was left, and nothing that a run has, kept, or may be the only copy. */
class EbsSweepTest {

  private static final Approval YES = Approval.iAcceptThatThisCannotBeUndone("a test");

  @TempDir Path directory;
  @TempDir Path elsewhere;
  private EbsWorld world;
  private String instance = "";

  @BeforeEach
  void start() {
    world = new EbsWorld(directory);
    instance = world.instance(r -> {});
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RotationReport runUpToCutover() {
    RotationReport report = world.runner().build().run(world.planner(instance).plan());
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    return report;
  }

  private RotationRunner withoutItsJournal() {
    return world.runner().journal(FileJournal.in(elsewhere)).build();
  }

  private List<String> tagged() {
    List<String> ids =
        new ArrayList<>(
            world.ec2.describeVolumes(r -> r.filters(byTag())).volumes().stream()
                .map(Volume::volumeId)
                .toList());
    world.ec2.describeSnapshots(r -> r.ownerIds("self").filters(byTag())).snapshots().stream()
        .map(Snapshot::snapshotId)
        .forEach(ids::add);
    return ids;
  }

  private static Filter byTag() {
    return Ec2.filter("tag-key", List.of(RunId.TAG_KEY));
  }

  @Test
  void sweep_whileTheRunHasNotEnded_removesNothingAndAsksNobody() {
    runUpToCutover();
    List<String> before = tagged();

    SweepReport report =
        world
            .runner()
            .build()
            .sweep(
                "ebs",
                SweepScope.UNKNOWN_RUNS_TOO,
                toRemove -> {
                  throw new AssertionError("asked about " + toRemove);
                });

    assertThat(before).hasSize(2);
    assertThat(report.resources(Fate.RUN_NOT_ENDED)).containsExactlyElementsOf(before);
    assertThat(report.journaledAs()).isEmpty();
    assertThat(tagged()).isEqualTo(before);
  }

  @Test
  void sweep_whenTheRunIsUnknown_removesNothingUnlessTold() {
    runUpToCutover();
    List<String> before = tagged();

    SweepReport report =
        withoutItsJournal().sweep("ebs", SweepScope.RUNS_OF_THE_JOURNAL, toRemove -> YES);

    assertThat(report.resources(Fate.RUN_UNKNOWN)).containsExactlyElementsOf(before);
    assertThat(tagged()).isEqualTo(before);
  }

  @Test
  void sweep_withoutTheApprovalForWhatCannotBeUndone_isAList() {
    runUpToCutover();
    List<String> before = tagged();

    for (Approval answer :
        List.of(Approval.later(), Approval.denied("no"), Approval.granted("a test"))) {
      SweepReport report =
          withoutItsJournal().sweep("ebs", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> answer);

      assertThat(report.resources(Fate.NOT_APPROVED)).containsExactlyElementsOf(before);
    }
    assertThat(tagged()).isEqualTo(before);
  }

  @Test
  void sweep_whenTheApproverThrows_removesNothingAndFreesTheRuns() {
    runUpToCutover();
    List<String> before = tagged();

    assertThatThrownBy(
            () ->
                withoutItsJournal()
                    .sweep(
                        "ebs",
                        SweepScope.UNKNOWN_RUNS_TOO,
                        toRemove -> {
                          throw new IllegalStateException("no line");
                        }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no line");
    assertThat(tagged()).isEqualTo(before);
  }

  /** As a lifecycle policy makes it that copies tags. */
  @Test
  void sweep_leavesABackupThatHasTheRunsTagFromItsVolume() {
    runUpToCutover();
    Volume made =
        world.ec2.describeVolumes(r -> r.filters(byTag())).volumes().stream()
            .findFirst()
            .orElseThrow();
    TagSpecification tags =
        TagSpecification.builder().resourceType(ResourceType.SNAPSHOT).tags(made.tags()).build();
    String backup =
        world
            .ec2
            .createSnapshot(
                r -> r.volumeId(made.volumeId()).description("nightly").tagSpecifications(tags))
            .snapshotId();
    world.pass(Duration.ofHours(1));

    withoutItsJournal().sweep("ebs", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> YES);

    assertThat(world.aws.ec2().snapshots()).containsKey(backup);
  }

  @Test
  void sweep_ofUnknownRunsApproved_removesAndJournalsAll() {
    runUpToCutover();
    List<String> before = tagged();

    SweepReport report =
        withoutItsJournal().sweep("ebs", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> YES);
    world.settle();

    assertThat(report.resources(Fate.REMOVED)).containsExactlyElementsOf(before);
    assertThat(tagged()).isEmpty();
    assertThat(world.at(instance, EbsWorld.ROOT)).startsWith("vol-");
    try (RunLog log = FileJournal.in(elsewhere).open(report.journaledAs().orElseThrow())) {
      assertThat(log.entries())
          .extracting(JournalEntry::type)
          .containsExactly(
              EntryType.SWEEP,
              EntryType.INTENT,
              EntryType.OUTCOME,
              EntryType.INTENT,
              EntryType.OUTCOME,
              EntryType.FINISHED);
    }
    assertThatThrownBy(() -> withoutItsJournal().resume(report.journaledAs().orElseThrow()))
        .hasMessageContaining("sweep");
  }

  @Test
  void sweep_whatAppearsAfterARollBack_isRemoved() {
    RotationReport run = runUpToCutover();
    RotationReport back = world.runner().build().rollBack(run.runId());
    assertThat(back.status()).as(back.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    String root = world.at(instance, EbsWorld.ROOT);
    String late =
        world
            .ec2
            .createSnapshot(
                r ->
                    r.volumeId(root)
                        .description("kms-rotation run " + id(run) + ": before the move")
                        .tagSpecifications(
                            EbsWorld.tags("snapshot", EbsWorld.tag(RunId.TAG_KEY, id(run)))))
            .snapshotId();
    world.settle();

    SweepReport report =
        world.runner().build().sweep("ebs", SweepScope.RUNS_OF_THE_JOURNAL, toRemove -> YES);

    assertThat(report.resources(Fate.REMOVED)).containsExactly(late);
    assertThat(tagged()).isEmpty();
  }

  @Test
  void sweep_afterARunThatSucceeded_leavesItsFinalSnapshot() {
    RotationReport run = world.approving().run(world.planner(instance).plan());
    assertThat(run.status()).as(run.reason()).isEqualTo(RunStatus.SUCCEEDED);
    List<String> before = tagged();

    SweepReport known =
        world.runner().build().sweep("ebs", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> YES);
    SweepReport unknown =
        withoutItsJournal().sweep("ebs", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> YES);

    assertThat(before).hasSize(1);
    assertThat(known.resources(Fate.KEPT)).containsExactlyElementsOf(before);
    assertThat(unknown.resources(Fate.KEPT)).containsExactlyElementsOf(before);
    assertThat(tagged()).isEqualTo(before);
  }

  private static String id(RotationReport run) {
    return run.runId().value();
  }
}
