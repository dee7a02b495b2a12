package io.github.kmsrotation.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RotationPlanTest {

  private static StepDescription step(String id, Phase phase) {
    return new StepDescription(
        id,
        "Title of " + id,
        phase,
        List.of("rds:Call"),
        List.of("rds:UndoCall"),
        List.of("thing"),
        Undo.UNDOABLE);
  }

  private static RotationPlan.Builder plan() {
    return RotationPlan.builder(new RunId("abcdefghij"), Instant.parse("2026-11-24T08:00:00Z"))
        .target("rds", "orders-prod")
        .place("eu-central-1", "111122223333")
        .keys("LEAVE_AWS_MANAGED_KEY", Optional.of("arn:old"), Optional.of("arn:new"))
        .rationale(List.of("Because \"so\"."))
        .warnings(List.of(new Notice("orders-prod", "Something.", "Know it.")))
        .attributes(new TreeMap<>(Map.of("a", "b")))
        .steps(List.of(step("one", Phase.PREPARE), step("two", Phase.VERIFY)));
  }

  @Test
  void fromJson_readsWhatToJsonWrote() {
    RotationPlan plan = plan().build();

    assertThat(RotationPlan.fromJson(plan.toJson())).isEqualTo(plan);
    assertThat(RotationPlan.fromJson(plan.toJson()).toJson()).isEqualTo(plan.toJson());
  }

  @Test
  void fromJson_whenAFieldIsMissingOrOfAnotherKind_isRefused() {
    String json = plan().build().toJson();
    for (String field :
        List.of("runId", "kind", "steps", "warnings", "createdAt", "attributes", "undoCalls")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> RotationPlan.fromJson(json.replace("\"" + field + "\"", "\"gone\"")));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> RotationPlan.fromJson("[]"));
    assertThatIllegalArgumentException().isThrownBy(() -> RotationPlan.fromJson("null"));
    assertThatIllegalArgumentException().isThrownBy(() -> RotationPlan.fromJson(""));
    assertThatIllegalArgumentException().isThrownBy(() -> RotationPlan.fromJson("{"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                RotationPlan.fromJson(
                    json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 2")))
        .withMessageContaining("version 2");
  }

  @Test
  void fromJson_whenANewerVersionMadeThePlan_saysSo() {
    String json = plan().build().toJson();
    for (String newer :
        List.of(
            json.replace("\"PREPARE\"", "\"REHEARSE\""),
            json.replace("\"UNDOABLE\"", "\"HALFWAY\""),
            json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 4294967297"))) {
      assertThatThrownBy(() -> RotationPlan.fromJson(newer))
          .isInstanceOf(PlanVersionException.class);
    }
  }

  @Test
  void facts_whenANameIsTheJournals_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Facts.of(Map.of("evidence.1", "x")));
  }

  @Test
  void describe_namesKeysCallsAndWarnings() {
    assertThat(plan().build().describe())
        .contains(
            "arn:old", "arn:new", "rds:Call", "thing", "Because", "! orders-prod: Something.");
  }

  @Test
  void describe_namesWhatOnlyAnUndoCallsOnALineOfItsOwn() {
    assertThat(plan().steps(List.of(step("one", Phase.PREPARE))).build().describe().lines())
        .contains(
            "               calls   rds:Call", "               only if rolled back: rds:UndoCall");
  }

  @Test
  void describe_whenAStepIsUndoneByNoOtherCall_saysNothingOfIt() {
    StepDescription rename =
        new StepDescription(
            "rename", "Rename", Phase.CUTOVER, List.of("rds:Call"), List.of(), Undo.UNDOABLE);

    assertThat(plan().steps(List.of(rename)).build().describe()).doesNotContain("rolled back");
  }

  @Test
  void stepDescription_whenItIsNeverUndoneAndNamesCallsForThat_isRefused() {
    for (Undo undo : List.of(Undo.IRREVERSIBLE, Undo.NOTHING_TO_UNDO)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> undone(List.of("rds:Call"), undo))
          .withMessageContaining("rds:UndoCall");
    }
  }

  @Test
  void stepDescription_whenACallIsForwardAndOnlyToUndo_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> undone(List.of("rds:UndoCall"), Undo.UNDOABLE))
        .withMessageContaining("rds:UndoCall");
  }

  private static StepDescription undone(List<String> calls, Undo undo) {
    return new StepDescription(
        "x", "t", Phase.RETIRE, calls, List.of("rds:UndoCall"), List.of(), undo);
  }

  @Test
  void build_whenPhasesAreOutOfOrder_isRefused() {
    RotationPlan.Builder plan =
        plan().steps(List.of(step("one", Phase.CUTOVER), step("two", Phase.COPY)));
    assertThatIllegalArgumentException().isThrownBy(plan::build).withMessageContaining("two");
  }

  @Test
  void build_whenItRetiresWithoutVerifying_isRefused() {
    RotationPlan.Builder plan =
        plan().steps(List.of(step("one", Phase.COPY), step("two", Phase.RETIRE)));
    assertThatIllegalArgumentException().isThrownBy(plan::build).withMessageContaining("verify");
  }

  @Test
  void stepDescription_whenIrreversibleOrDisruptiveBeforeCutover_isRefused() {
    for (Undo undo : List.of(Undo.IRREVERSIBLE, Undo.DISRUPTIVE)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> new StepDescription("x", "t", Phase.VERIFY, List.of(), List.of(), undo));
    }
  }

  @Test
  void plan_whoseRunMakesTheKey_hasNoTargetKeyYet() {
    RotationPlan plan =
        plan().keys("NEW_KEY_REQUESTED", Optional.of("arn:old"), Optional.empty()).build();

    assertThat(RotationPlan.fromJson(plan.toJson()).targetKeyArn()).isEmpty();
    assertThat(plan.describe()).contains("a new one");
  }

  @Test
  void verification_whenNothingWasCompared_cannotPass() {
    assertThatIllegalArgumentException().isThrownBy(() -> Verification.passed(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Verification.passed(List.of(new Evidence("rows", "1", "2"))));
  }
}
