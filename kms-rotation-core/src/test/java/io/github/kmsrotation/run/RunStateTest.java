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
}
