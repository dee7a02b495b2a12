package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The replacement is observed for as long as was asked for, by however many processes. */
class RdsObserveTest {

  @TempDir Path directory;
  private RdsWorld world;
  private RdsOptions options;
  private RotationPlan plan;

  @BeforeEach
  void createDatabase() {
    world = new RdsWorld(directory);
    options = world.options().observeFor(Duration.ofHours(1)).build();
    plan = world.planner().with(options).plan();
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void observe_whenTheRunIsResumedInTheMiddle_goesOnAndDoesNotBeginAnew() throws Exception {
    List<String> seen = new ArrayList<>();

    interrupted(() -> runner(seen, 4).run(plan));
    assertThat(seen).last().isEqualTo("as it should be, 45 minutes to go");
    // The pause that the interrupt ends takes five minutes by a clock that is turned by hand.
    world.aws.clock().sleep(Duration.ofMinutes(15));
    RotationReport report = runner(seen, Integer.MAX_VALUE).resume(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(seen).element(4).isEqualTo("as it should be, 25 minutes to go");
    assertThat(Duration.between(at(EntryType.STEP_STARTED), at(EntryType.STEP_DONE)))
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void observe_whenTheReplacementWasNotAsItShouldBe_beginsAnewOnceThatIsMended() throws Exception {
    List<String> seen = new ArrayList<>();
    interrupted(() -> runner(seen, 4).run(plan));
    rename(RdsWorld.DATABASE, "orders-moved");

    RotationReport blocked = runner(seen, Integer.MAX_VALUE).resume(plan.runId());
    assertThat(blocked.status()).as(blocked.reason()).isEqualTo(RunStatus.BLOCKED);
    assertThat(blocked.reason()).contains("not there any more");
    rename("orders-moved", RdsWorld.DATABASE);
    runner(seen, Integer.MAX_VALUE).resume(plan.runId());

    assertThat(seen).element(4).isEqualTo("as it should be, 1 hour to go");
  }

  private void rename(String from, String to) {
    world.rds.modifyDBInstance(
        r -> r.dbInstanceIdentifier(from).newDBInstanceIdentifier(to).applyImmediately(true));
    world.settle();
  }

  private static void interrupted(Runnable run) {
    try {
      run.run();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  /** Notes what is waited for while observing, and is interrupted when it waits for that time. */
  private RotationRunner runner(List<String> seen, int interruptedAt) {
    RotationListener watch =
        new RotationListener() {
          @Override
          public void onStepWaiting(RotationPlan p, StepDescription step, Condition condition) {
            if (condition.kind().equals("rds:Observed")) {
              seen.add(condition.seen());
              if (seen.size() == interruptedAt) {
                Thread.currentThread().interrupt();
              }
            }
          }
        };
    return world
        .runner()
        .with(options)
        .approval(Approvals.before(Phase.CUTOVER, request -> Approval.granted("test")))
        .listener(watch)
        .build();
  }

  /** The first entry of that type of the observing step. */
  private Instant at(EntryType type) {
    RunId runId = plan.runId();
    try (RunLog log = FileJournal.in(directory).open(runId)) {
      return log.entries().stream()
          .filter(entry -> entry.step().equals("observe") && entry.type() == type)
          .map(JournalEntry::at)
          .findFirst()
          .orElseThrow();
    }
  }
}
