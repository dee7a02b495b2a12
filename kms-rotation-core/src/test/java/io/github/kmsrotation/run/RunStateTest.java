package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunStateTest {

  private static final Instant SENT = Instant.parse("2026-11-24T08:00:00Z");

  private final RunState state =
      new RunState(
          ToyStrategy.plan(),
          List.of(
              JournalEntry.of(
                  SENT,
                  EntryType.INTENT,
                  "switch",
                  Map.of("operation", "toy:Make", "resource", "switched"))));

  @Test
  void lastSent_isWhenTheIntentWasWritten() {
    assertThat(state.lastSent("switch", "toy:Make", "switched", SENT.plusSeconds(5)))
        .contains(SENT);
    assertThat(state.lastSent("switch", "toy:Remove", "switched", SENT)).isEmpty();
  }

  @Test
  void begunAt_whenTheStepIsGoneOnWithLater_isWhenItWasFirstBegun() {
    apply(EntryType.STEP_STARTED, SENT);
    apply(EntryType.STEP_WAITING, SENT.plusSeconds(1));
    apply(EntryType.STEP_FAILED, SENT.plusSeconds(2));
    apply(EntryType.STEP_STARTED, SENT.plusSeconds(60));

    assertThat(state.begunAt("switch", SENT.plusSeconds(90))).isEqualTo(SENT);
  }

  @Test
  void begunAt_whenTheStepWasBlocked_isWhenItWasBegunAgain() {
    apply(EntryType.STEP_STARTED, SENT);
    apply(EntryType.STEP_BLOCKED, SENT.plusSeconds(30));
    apply(EntryType.STEP_STARTED, SENT.plusSeconds(60));
    apply(EntryType.STEP_STARTED, SENT.plusSeconds(70));

    assertThat(state.begunAt("switch", SENT.plusSeconds(90))).isEqualTo(SENT.plusSeconds(60));
  }

  @Test
  void begunAt_whenTheClockWasPutBack_countsFromTheFirstLookAfterwards() {
    apply(EntryType.STEP_STARTED, SENT);
    Instant firstLook = SENT.minus(Duration.ofDays(30));

    assertThat(state.begunAt("switch", firstLook)).isEqualTo(firstLook);
    assertThat(state.begunAt("switch", firstLook.plusSeconds(60))).isEqualTo(firstLook);
  }

  private void apply(EntryType type, Instant at) {
    state.apply(JournalEntry.of(at, type, "switch", Map.of()));
  }

  @Test
  void runStatuses_areInTheOrderOfSeverity() {
    assertThat(RunStatus.values())
        .containsExactly(
            RunStatus.SUCCEEDED,
            RunStatus.ROLLED_BACK,
            RunStatus.RUNNING,
            RunStatus.AWAITING_APPROVAL,
            RunStatus.BLOCKED,
            RunStatus.FAILED);
  }

  @Test
  void lastSent_whenTheClockWasPutBack_countsFromTheFirstLookAfterwards() {
    Instant firstLook = SENT.minus(Duration.ofDays(30));

    assertThat(state.lastSent("switch", "toy:Make", "switched", firstLook)).contains(firstLook);
    assertThat(state.lastSent("switch", "toy:Make", "switched", firstLook.plusSeconds(60)))
        .contains(firstLook);
  }

  @Test
  void lastSent_whenALaterAttemptIsRefused_isThatOfTheEarlierOne() {
    Map<String, String> call = Map.of("operation", "toy:Make", "resource", "switched");
    Map<String, String> refused = new HashMap<>(call);
    refused.put("outcome", "REFUSED");
    state.apply(JournalEntry.of(SENT.plusSeconds(60), EntryType.INTENT, "switch", call));
    state.apply(JournalEntry.of(SENT.plusSeconds(61), EntryType.OUTCOME, "switch", refused));

    assertThat(state.lastSent("switch", "toy:Make", "switched", SENT.plusSeconds(90)))
        .contains(SENT);
    assertThat(state.timesSent("switch", "toy:Make", "switched")).isEqualTo(1);
  }

  @Test
  void checkpoint_isTheLastThatTheStepNoted_andOfOneDirectionOnly() {
    assertThat(state.checkpoint("switch").values()).isEmpty();
    note("1");
    note("2");
    apply(EntryType.STEP_STARTED, SENT.plusSeconds(60));

    assertThat(state.checkpoint("switch").find("batch")).contains("2");
    assertThat(state.checkpoint("make-copy").values()).isEmpty();
    state.apply(JournalEntry.of(SENT, EntryType.ROLLBACK_STARTED, "", Map.of()));
    assertThat(state.checkpoint("switch").values()).isEmpty();
  }

  private void note(String batch) {
    state.apply(JournalEntry.of(SENT, EntryType.STEP_CHECKPOINT, "switch", Map.of("batch", batch)));
  }
}
