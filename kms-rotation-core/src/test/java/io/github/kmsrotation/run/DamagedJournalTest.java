package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalVersionException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RotationPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that is not what was written, or is more than this version knows. */
class DamagedJournalTest {

  private static final Instant AT = Instant.parse("2026-11-24T08:00:00Z");

  @TempDir Path directory;
  private final ToyAws aws = new ToyAws();
  private final RotationPlan plan = ToyStrategy.plan();

  private RotationRunner runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(directory))
        .with(new ToyStrategy.World(aws))
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .sleeper(duration -> {})
        .build();
  }

  private void assertRefused(EntryType type, String step, Map<String, String> data)
      throws IOException {
    Files.deleteIfExists(directory.resolve(plan.runId() + ".journal"));
    try (RunLog log = FileJournal.in(directory).create(plan.runId())) {
      log.append(JournalEntry.of(AT, EntryType.PLAN, "", Map.of("plan", plan.toJson())));
      log.append(JournalEntry.of(AT, type, step, data));
    }
    RotationRunner runner = runner();
    assertThatThrownBy(() -> runner.resume(plan.runId()))
        .isInstanceOf(JournalCorruptedException.class)
        .hasMessageContaining("newer version");
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void resume_whenAnEntryNamesAnUnknownPhase_saysThatTheJournalIsDamaged() throws IOException {
    assertRefused(EntryType.APPROVAL, "", Map.of("answer", "GRANTED", "phase", "SHRED"));
  }

  @Test
  void resume_whenAnAnswerOutcomeOrEndIsUnknown_guessesNothing() throws IOException {
    assertRefused(EntryType.APPROVAL, "", Map.of("answer", "PERHAPS", "phase", "RETIRE"));
    assertRefused(EntryType.OUTCOME, "switch", Map.of("outcome", "MAYBE"));
    assertRefused(EntryType.FINISHED, "", Map.of("status", "ROLLED_BACK"));
    assertRefused(EntryType.FINISHED, "", Map.of());
  }

  @Test
  void resume_whenAnEntryIsAboutAStepThatThePlanDoesNotHave_isRefused() throws IOException {
    assertRefused(EntryType.STEP_DONE, "shred", Map.of());
    assertRefused(EntryType.STEP_DONE, "", Map.of());
  }

  @Test
  void resume_whenEvidenceIsNotOfItsForm_saysThatTheJournalIsDamaged() throws IOException {
    for (String evidence : List.of("content", "null", "[]", "[\"a\",\"b\",1]", "")) {
      assertRefused(EntryType.STEP_DONE, "compare", Map.of("evidence.00000", evidence));
    }
  }

  @Test
  void resume_whenThePlanIsOfANewerVersion_saysSo() {
    String newer = plan.toJson().replace("\"formatVersion\" : 1", "\"formatVersion\" : 2");
    try (RunLog log = FileJournal.in(directory).create(plan.runId())) {
      log.append(JournalEntry.of(AT, EntryType.PLAN, "", Map.of("plan", newer)));
    }
    RotationRunner runner = runner();

    assertThatThrownBy(() -> runner.resume(plan.runId()))
        .isInstanceOf(JournalVersionException.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void resume_whenEvidenceHoldsSeparatorsOfAnyKind_reportsItAsItWas() {
    String odd = "a\u001fb\"c\\d\ne";
    aws.content(odd);
    aws.expect(odd);
    runner().run(plan).requireComplete();

    RotationReport again = runner().resume(plan.runId());

    assertThat(again.steps())
        .flatExtracting(StepReport::evidence)
        .singleElement()
        .satisfies(evidence -> assertThat(evidence.actual()).isEqualTo(odd));
  }

  @Test
  void resume_whenTheFileIsCutAnywhere_comesToItsEndOrSaysThatItIsDamaged() throws IOException {
    runner().run(plan).requireComplete();
    Path file = directory.resolve(plan.runId() + ".journal");
    byte[] whole = Files.readAllBytes(file);
    int clean = 0;
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      clean += endsWellOrIsDamaged("cut to " + length) ? 1 : 0;
    }
    assertThat(clean).isPositive().isLessThan(whole.length);
    assertThat(aws.calls()).containsExactly("make copy", "make switched", "remove original");
  }

  @Test
  void resume_whenAnyByteIsChanged_comesToItsEndOrSaysThatItIsDamaged() throws IOException {
    runner().run(plan).requireComplete();
    Path file = directory.resolve(plan.runId() + ".journal");
    byte[] whole = Files.readAllBytes(file);
    int clean = 0;
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= (byte) (1 << (i % 8));
      Files.write(file, changed);
      clean += endsWellOrIsDamaged("byte " + i) ? 1 : 0;
    }
    assertThat(clean).as("only the last line feed can be changed unnoticed").isEqualTo(1);
    assertThat(aws.calls()).containsExactly("make copy", "make switched", "remove original");
  }

  private boolean endsWellOrIsDamaged(String what) {
    try {
      assertThat(runner().resume(plan.runId()).status()).as(what).isEqualTo(RunStatus.SUCCEEDED);
      return true;
    } catch (RotationException e) {
      assertThat(e)
          .as(what)
          .isInstanceOfAny(JournalCorruptedException.class, JournalVersionException.class);
      return false;
    }
  }
}
