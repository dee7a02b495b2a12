package io.github.kmsrotation.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.key.RotationDecision.AutomaticRotation;
import io.github.kmsrotation.key.RotationDecision.ManualRotation;
import io.github.kmsrotation.key.RotationDecision.NotPossible;
import io.github.kmsrotation.key.RotationDecision.NothingToDo;
import io.github.kmsrotation.key.RotationDecision.OnDemandRotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The policy over the whole product of facts and reasons. */
class RotationPolicyTest {

  private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");
  private static final KeyArn ARN =
      new KeyArn("arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000001");

  /** What varies beyond the enums: schedule, on-demand rotations, expiry. */
  private record Variant(
      String name, RotationSchedule schedule, int onDemandUsed, Optional<Instant> expiry) {}

  private static final List<Variant> VARIANTS =
      List.of(
          new Variant("not rotated", RotationSchedule.none(), 0, Optional.empty()),
          new Variant("rotated every 90 days", every(90), 0, Optional.empty()),
          new Variant("rotated every 365 days", every(365), 0, Optional.empty()),
          new Variant("rotated every 2560 days", every(2560), 0, Optional.empty()),
          new Variant(
              "on-demand in progress",
              new RotationSchedule(Optional.empty(), Optional.empty(), Optional.of(NOW)),
              3,
              Optional.of(NOW)),
          new Variant("material expires", RotationSchedule.none(), 0, Optional.of(NOW)),
          new Variant("on-demand used up", RotationSchedule.none(), 25, Optional.of(NOW)));

  private record Case(KeyFacts key, String variant, RotationReason reason) {
    RotationDecision decision() {
      return RotationPolicy.decide(key, reason);
    }
  }

  private static RotationSchedule every(int days) {
    return new RotationSchedule(Optional.of(days), Optional.of(NOW), Optional.empty());
  }

  private static KeyFacts facts(
      KeyManager manager,
      KeyOrigin origin,
      KeyKind kind,
      MultiRegionRole role,
      KeyState state,
      Variant variant) {
    List<KeyRotation> history = new ArrayList<>();
    for (int i = 0; i < variant.onDemandUsed(); i++) {
      history.add(new KeyRotation(NOW, true));
    }
    return new KeyFacts(
        ARN,
        manager,
        origin,
        kind,
        "any",
        "any",
        role,
        state,
        variant.schedule(),
        history,
        variant.expiry(),
        Optional.empty());
  }

  private static List<Case> product() {
    List<Case> cases = new ArrayList<>();
    for (KeyManager manager : KeyManager.values()) {
      for (KeyOrigin origin : KeyOrigin.values()) {
        for (KeyKind kind : KeyKind.values()) {
          for (MultiRegionRole role : MultiRegionRole.values()) {
            for (KeyState state : KeyState.values()) {
              for (Variant variant : VARIANTS) {
                for (RotationReason reason : RotationReason.values()) {
                  KeyFacts key = facts(manager, origin, kind, role, state, variant);
                  cases.add(new Case(key, variant.name(), reason));
                }
              }
            }
          }
        }
      }
    }
    return cases;
  }

  @Test
  void everyCombination_hasADecisionWithWordsAndADocument() {
    assertThat(product())
        .allSatisfy(
            c -> {
              assertThat(c.decision().rationale().text()).isNotBlank();
              assertThat(c.decision().rationale().document())
                  .startsWith("https://docs.aws.amazon.com/");
            });
  }

  @Test
  void automaticRotation_isDecidedOnlyWhereAwsSupportsIt() {
    assertThat(product())
        .filteredOn(c -> c.decision() instanceof AutomaticRotation)
        .isNotEmpty()
        .allSatisfy(
            c -> {
              assertThat(c.key().manager()).isEqualTo(KeyManager.CUSTOMER);
              assertThat(c.key().origin()).isEqualTo(KeyOrigin.AWS_KMS);
              assertThat(c.key().kind()).isEqualTo(KeyKind.SYMMETRIC_ENCRYPTION);
              assertThat(c.key().role()).isNotEqualTo(MultiRegionRole.REPLICA);
              assertThat(c.key().state()).isEqualTo(KeyState.ENABLED);
              assertThat(((AutomaticRotation) c.decision()).periodInDays()).isBetween(90, 2560);
            });
  }

  @Test
  void onDemandRotation_isDecidedOnlyForSymmetricKeysWithRotationsLeft() {
    assertThat(product())
        .filteredOn(c -> c.decision() instanceof OnDemandRotation)
        .isNotEmpty()
        .allSatisfy(
            c -> {
              assertThat(c.key().kind()).isEqualTo(KeyKind.SYMMETRIC_ENCRYPTION);
              assertThat(c.key().origin()).isIn(KeyOrigin.EXTERNAL, KeyOrigin.AWS_KMS);
              assertThat(c.key().onDemandRotationsLeft()).isPositive();
              assertThat(c.key().role()).isNotEqualTo(MultiRegionRole.REPLICA);
            });
  }

  @Test
  void onDemandRotation_ofMaterialThatAwsMakes_isDecidedOnlyWhenItIsAskedForNow() {
    assertThat(product())
        .filteredOn(c -> c.decision() instanceof OnDemandRotation)
        .filteredOn(c -> c.key().origin() == KeyOrigin.AWS_KMS)
        .isNotEmpty()
        .allMatch(c -> c.reason() == RotationReason.NEW_MATERIAL_REQUESTED);
  }

  @Test
  void automaticRotation_withAPeriod_isSetToTheDay() {
    KeyFacts key =
        facts(
            KeyManager.CUSTOMER,
            KeyOrigin.AWS_KMS,
            KeyKind.SYMMETRIC_ENCRYPTION,
            MultiRegionRole.SINGLE_REGION,
            KeyState.ENABLED,
            VARIANTS.get(1));

    assertThat(RotationPolicy.decide(key, RotationReason.SCHEDULE_REQUIRED, Optional.of(90)))
        .isInstanceOf(NothingToDo.class);
    assertThat(RotationPolicy.decide(key, RotationReason.SCHEDULE_REQUIRED, Optional.of(365)))
        .isInstanceOfSatisfying(
            AutomaticRotation.class, a -> assertThat(a.periodInDays()).isEqualTo(365));
  }

  @Test
  void scheduleRequired_whenAwsCanRotateByItself_neverMovesData() {
    assertThat(product())
        .filteredOn(c -> c.reason() == RotationReason.SCHEDULE_REQUIRED)
        .filteredOn(
            c ->
                c.key().manager() != KeyManager.CUSTOMER
                    || (c.key().kind() == KeyKind.SYMMETRIC_ENCRYPTION
                        && c.key().origin() == KeyOrigin.AWS_KMS))
        .noneMatch(c -> c.decision() instanceof ManualRotation);
  }

  @Test
  void suspectedCompromise_ofAKeyInUse_isNeverAnsweredByRotatingMaterial() {
    assertThat(product())
        .filteredOn(c -> c.reason() == RotationReason.SUSPECTED_COMPROMISE)
        .allMatch(
            c -> c.decision() instanceof ManualRotation || c.decision() instanceof NotPossible);
  }

  @Test
  void leaveAwsManagedKey_ofAKeyOfAws_movesDataAlways() {
    assertThat(product())
        .filteredOn(c -> c.reason() == RotationReason.LEAVE_AWS_MANAGED_KEY)
        .filteredOn(c -> c.key().manager() != KeyManager.CUSTOMER)
        .allMatch(c -> c.decision() instanceof ManualRotation);
  }

  @Test
  void customerKey_thatIsNotEnabled_isNotPossibleWithAWayOut() {
    assertThat(product())
        .filteredOn(c -> c.key().manager() == KeyManager.CUSTOMER)
        .filteredOn(c -> c.key().state() != KeyState.ENABLED)
        .allSatisfy(
            c -> {
              assertThat(c.decision()).isInstanceOf(NotPossible.class);
              assertThat(((NotPossible) c.decision()).wayOut()).isNotBlank();
            });
  }

  @Test
  void decisionsThatRotateMaterial_sayThatNoDataIsReEncrypted() {
    assertThat(product())
        .filteredOn(
            c ->
                c.decision() instanceof AutomaticRotation
                    || c.decision() instanceof OnDemandRotation)
        .allMatch(
            c -> c.decision().rationale().text().contains(RotationDecision.RE_ENCRYPTS_NOTHING));
  }

  @Test
  void decisionTable_inDocs_isCurrent() throws IOException {
    Path document = Path.of("..", "docs", "decision-table.md").normalize();
    String table = table();
    if (Boolean.getBoolean("kmsrotation.docs.update")) {
      Files.createDirectories(document.getParent());
      Files.writeString(document, table);
    }

    assertThat(document)
        .as("run the tests of kms-rotation-core with -Dkmsrotation.docs.update=true")
        .content()
        .isEqualTo(table);
  }

  private static String table() {
    Map<String, List<Case>> rows = new TreeMap<>();
    for (Case c : product()) {
      rows.computeIfAbsent(row(c), r -> new ArrayList<>()).add(c);
    }
    StringBuilder text = new StringBuilder();
    text.append("# How a key is rotated\n\n");
    text.append("Generated by `RotationPolicyTest` from `RotationPolicy`, over all ");
    text.append(product().size()).append(" combinations of facts and reasons.\n\n");
    text.append(RotationDecision.RE_ENCRYPTS_NOTHING).append("\n\n");
    text.append("| reason | decision | why | for keys | document |\n|---|---|---|---|---|\n");
    rows.forEach(
        (row, cases) -> {
          Case first = cases.get(0);
          text.append("| ").append(first.reason()).append(" | ").append(name(first.decision()));
          text.append(" | ").append(first.decision().rationale().text());
          text.append(" | ").append(keys(cases));
          text.append(" | [AWS](").append(first.decision().rationale().document()).append(") |\n");
        });
    return text.toString();
  }

  private static String row(Case c) {
    return c.reason()
        + " "
        + name(c.decision())
        + c.decision().rationale().text()
        + c.decision().rationale().document();
  }

  private static String name(RotationDecision decision) {
    if (decision instanceof NotPossible not) {
      return "not possible; " + not.wayOut();
    }
    if (decision instanceof AutomaticRotation automatic) {
      return "automatic rotation every " + automatic.periodInDays() + " days";
    }
    if (decision instanceof NothingToDo) {
      return "nothing to do";
    }
    return decision instanceof ManualRotation ? "manual rotation" : "on-demand rotation";
  }

  private static String keys(List<Case> cases) {
    List<String> parts = new ArrayList<>();
    add(parts, cases.stream().map(c -> c.key().manager()).distinct().toList(), KeyManager.values());
    add(parts, cases.stream().map(c -> c.key().state()).distinct().toList(), KeyState.values());
    add(parts, cases.stream().map(c -> c.key().kind()).distinct().toList(), KeyKind.values());
    add(parts, cases.stream().map(c -> c.key().origin()).distinct().toList(), KeyOrigin.values());
    add(
        parts,
        cases.stream().map(c -> c.key().role()).distinct().toList(),
        MultiRegionRole.values());
    List<String> variants = cases.stream().map(Case::variant).distinct().toList();
    if (variants.size() < VARIANTS.size()) {
      parts.add(String.join(" or ", variants));
    }
    return String.join("; ", parts);
  }

  private static <E extends Enum<E>> void add(List<String> parts, List<E> seen, E[] all) {
    if (seen.size() < all.length) {
      parts.add(String.join(" or ", seen.stream().map(E::name).toList()));
    }
  }
}
