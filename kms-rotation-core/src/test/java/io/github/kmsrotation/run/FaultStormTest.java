package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.journal.UnknownRunException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * Random runs in a toy world with throttling, 5xx, timeouts, lost answers, lost journal writes and
 * crashes mixed. {@code -Dkmsrotation.storm.runs} says how many, {@code -Dkmsrotation.storm.seed}
 * with which to begin; a failure names its seed, which fails again alone.
 */
class FaultStormTest {

  private static final int MOST_PROCESSES = 400;

  @Test
  void storm_whateverFails_everyRunComesToItsEndAndBreaksNoPromise() {
    int runs = Integer.getInteger("kmsrotation.storm.runs", 10_000);
    long first = Long.getLong("kmsrotation.storm.seed", 1);
    int succeeded = 0;
    int faults = 0;
    for (long seed = first; seed < first + runs; seed++) {
      Storm storm = new Storm(seed);
      try {
        succeeded += storm.toTheEnd() == RunStatus.SUCCEEDED ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "Seed " + seed + ": -Dkmsrotation.storm.runs=1 -Dkmsrotation.storm.seed=" + seed, e);
      }
      faults += storm.faults;
    }
    if (runs >= 100) {
      assertThat(succeeded).as("runs to both ends").isBetween(1, runs - 1);
      assertThat(faults).as("faults").isGreaterThan(runs);
    }
  }

  /** One run, executed by as many processes as it takes. */
  private static final class Storm {

    private final Random random;
    private final ToyAws aws = new ToyAws();
    private final RotationPlan plan = ToyStrategy.plan();
    private final StormyJournal journal;
    private final boolean goesBack;
    private int faults;

    Storm(long seed) {
      // The first numbers of neighbouring seeds are alike.
      random = new Random(seed * 0x9E3779B97F4A7C15L);
      journal = new StormyJournal(random);
      goesBack = random.nextInt(4) == 0;
    }

    RunStatus toTheEnd() {
      boolean back = false;
      for (int process = 0; process < MOST_PROCESSES; process++) {
        addFaults();
        try {
          RotationReport report = oneProcess(back);
          if (report.status().isFinal()) {
            checkTheEnd(report.status());
            return report.status();
          }
          back |= goesBack && process > 0 && !mayBeDestroyed();
        } catch (JournalUnavailableException e) {
          faults++;
        }
        checkPromises();
      }
      throw new AssertionError("It never ends; calls " + aws.calls());
    }

    private RotationReport oneProcess(boolean back) {
      // Killed before the plan was written: nothing was done, and the plan is run for the first
      // time.
      if (journal.entries.isEmpty()) {
        return runner().run(plan);
      }
      return back ? runner().rollBack(plan.runId()) : runner().resume(plan.runId());
    }

    private boolean mayBeDestroyed() {
      return journal.entries.stream().anyMatch(entry -> entry.step().equals("destroy"));
    }

    private RotationRunner runner() {
      Approvals approvals =
          goesBack
              ? Approvals.stopBeforeCutoverAndRetire()
              : Approvals.approveEveryPhaseIncludingDeletion();
      return RotationRunner.builder()
          .journal(journal)
          .with(new ToyStrategy.World(aws))
          .approval(approvals)
          .calls(
              AwsCallSettings.builder()
                  .maxAttempts(1)
                  .callsPerSecond(1_000)
                  .firstPause(Duration.ofMillis(1))
                  .longestPause(Duration.ofMillis(1))
                  .build())
          .sleeper(duration -> {})
          .build();
    }

    private void addFaults() {
      if (random.nextInt(3) == 0) {
        aws.failBeforeNextCall(failure());
        faults++;
      }
      if (random.nextInt(3) == 0) {
        aws.failAfterNextCall(lostAnswer());
        faults++;
      }
    }

    private RuntimeException failure() {
      return random.nextBoolean() ? answer(400, "ThrottlingException") : lostAnswer();
    }

    private RuntimeException lostAnswer() {
      return random.nextBoolean()
          ? answer(500, "InternalFailure")
          : ApiCallTimeoutException.create(1);
    }

    private static RuntimeException answer(int status, String code) {
      return AwsServiceException.builder()
          .statusCode(status)
          .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
          .build();
    }

    /** The original goes only once its replacement serves. */
    private void checkPromises() {
      if (!aws.has("original")) {
        assertThat(aws.things()).contains("copy", "switched");
      }
      assertThat(aws.calls()).as("nothing is done twice").doesNotHaveDuplicates();
    }

    private void checkTheEnd(RunStatus end) {
      checkPromises();
      assertThat(aws.things())
          .isEqualTo(end == RunStatus.SUCCEEDED ? Set.of("copy", "switched") : Set.of("original"));
      int before = aws.calls().size();
      journal.isCalm = true;
      assertThat(runner().resume(plan.runId()).status()).isEqualTo(end);
      assertThat(aws.calls()).hasSize(before);
    }
  }

  /** Of one run, in memory. A write may be lost, or be made and seem lost: the process dies. */
  private static final class StormyJournal implements Journal {

    private final Random random;
    private final List<JournalEntry> entries = new ArrayList<>();
    private boolean isCalm;

    StormyJournal(Random random) {
      this.random = random;
    }

    @Override
    public RunLog create(RunId runId) {
      return open(runId);
    }

    @Override
    public RunLog open(RunId runId) {
      return new RunLog() {
        private boolean isBroken;

        @Override
        public List<JournalEntry> entries() {
          return List.copyOf(entries);
        }

        @Override
        public void append(JournalEntry entry) {
          boolean fails = isBroken || (!isCalm && random.nextInt(12) == 0);
          if (!isBroken && (!fails || random.nextBoolean())) {
            entries.add(entry);
          }
          isBroken = fails;
          if (fails) {
            throw new JournalUnavailableException("The process dies");
          }
        }

        @Override
        public void claim(Set<String> resources) {}

        @Override
        public void release() {}

        @Override
        public void close() {}
      };
    }

    @Override
    public List<RunId> runs() {
      throw new UnknownRunException("Not asked for");
    }
  }
}
