package io.github.kmsrotation.retire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.error.MissingStrategyException;
import io.github.kmsrotation.key.KeyFactsReader;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.KeyRetirementTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.Tag;

/** What a plan to retire a key says, and what is refused before anything is changed. */
class KeyRetirementPlanningTest {

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RetirementWorld world;

  @BeforeEach
  void start() {
    world = new RetirementWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    assertThat(world.aws.calls().mutating())
        .extracting(call -> call.operation())
        .doesNotContain("DisableKey", "ScheduleKeyDeletion");
    world.close();
  }

  private static List<String> problems(RotationPlanner<KeyRetirementTarget> planner) {
    PlanningException refused = catchThrowableOfType(PlanningException.class, planner::plan);
    return refused.problems().stream().map(Notice::toString).toList();
  }

  private List<String> problems() {
    return problems(world.planner());
  }

  @Test
  void plan_ofAKeyThatNothingUses_hasFourSteps_andNeedsNoReason() {
    RotationPlan plan = world.planner().plan();

    assertThat(plan.steps())
        .extracting(StepDescription::id, StepDescription::phase, StepDescription::undo)
        .containsExactly(
            tuple("inventory", Phase.VERIFY, Undo.NOTHING_TO_UNDO),
            tuple("disable-key", Phase.CUTOVER, Undo.DISRUPTIVE),
            tuple("observe-disabled", Phase.OBSERVE, Undo.NOTHING_TO_UNDO),
            tuple("schedule-deletion", Phase.RETIRE, Undo.DISRUPTIVE));
    assertThat(plan.describe())
        .contains("reason    KEY_RETIREMENT")
        .contains("key then  none (it is retired)")
        .contains("stays disabled for 7 days;")
        .contains("in 30 days");
    assertThat(RotationPlan.fromJson(plan.toJson())).isEqualTo(plan);
  }

  @Test
  void plan_saysWhichServicesWereLookedAt_andThatOthersWereNot() {
    assertThat(world.planner().plan().describe())
        .contains("Only this was looked at, in the key's account and Region: listed: what a test")
        .contains("Nothing else was, such as other services");
  }

  private RotationPlan planAskingNobody(KeyRetirementOptions options) {
    AwsCalls calls = new AwsCalls(AwsCallSettings.ofDefaults());
    return new RetirementPlanning(
            new PlanRequest<>(
                new KeyRetirementTarget(world.key),
                Optional.empty(),
                Optional.empty(),
                Optional.of(options),
                world.kms,
                new KeyFactsReader(world.kms, calls),
                calls,
                RunId.random(),
                world.aws.clock()),
            options,
            List.of())
        .plan();
  }

  @Test
  void plan_thatAsksNoService_isRefused_unlessThatIsAccepted() {
    assertThatThrownBy(() -> planAskingNobody(world.options().build()))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("kms-rotation-rds")
        .hasMessageContaining("iAcceptThatNoServiceIsAsked()");

    assertThat(planAskingNobody(world.options().iAcceptThatNoServiceIsAsked().build()).describe())
        .contains("No service was asked what it has under the key.")
        .doesNotContain("Nothing that was looked at");
  }

  @Test
  void run_thatAsksNoService_isRefused_unlessThatIsAccepted() {
    RotationPlan plan = planAskingNobody(world.options().iAcceptThatNoServiceIsAsked().build());

    assertThatThrownBy(() -> Retirement.checkSources(plan, List.of(), world.options().build()))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("iAcceptThatNoServiceIsAsked()");
  }

  @Test
  void plan_tellsWhatIsKnownOfTheLastUse_andThatItIsNoProof() {
    assertThat(world.planner().plan().describe())
        .contains("It was never used with success.")
        .contains("watch CloudTrail for DisabledException");
  }

  @Test
  void plan_ofAKeyThatWasUsedLately_isRefused_unlessThatIsAccepted() {
    world.use();
    world.pass(Duration.ofDays(30));

    assertThat(problems()).singleElement().asString().contains("last used", "(Encrypt)");

    KeyRetirementOptions accepting = world.options().iAcceptThatTheKeyWasUsedLately().build();
    assertThat(world.planner().with(accepting).plan().describe()).contains("last used", "Encrypt");
  }

  @Test
  void plan_ofAKeyThatWasUsedLongAgo_tellsWhen() {
    world.use();
    world.pass(Duration.ofDays(32));

    assertThat(world.planner().plan().describe()).contains("last used with success at 2026-11-24");
  }

  @Test
  void plan_whenSomethingNeedsTheKey_listsAllOfItAtOnce() {
    world.uses.add(new KeyUse("DB snapshot orders-2025", "Copy it under another key."));
    world.uses.add(new KeyUse("DB snapshot orders-2026", "Delete it."));
    world.kms.createAlias(r -> r.aliasName("alias/orders").targetKeyId(world.key));
    RunId run = RunId.random();
    world.kms.tagResource(
        r ->
            r.keyId(world.key)
                .tags(Tag.builder().tagKey(RunId.TAG_KEY).tagValue(run.value()).build()));
    world.aws.faults().on("ListGrants").error("AccessDeniedException", 400);

    List<String> problems = problems();

    assertThat(problems).hasSize(5);
    assertThat(problems.get(0))
        .isEqualTo("DB snapshot orders-2025: It needs the key. Copy it under another key.");
    assertThat(problems.get(1)).startsWith("DB snapshot orders-2026");
    assertThat(problems.get(2)).startsWith("alias/orders: The alias leads to the key");
    assertThat(problems.get(3)).startsWith("run " + run + ": It is rotating the key");
    assertThat(problems.get(4)).contains("kms:ListGrants");
  }

  @Test
  void plan_ofAKeyWithGrants_warnsOfEach() {
    world.kms.createGrant(
        r ->
            r.keyId(world.key)
                .granteePrincipal("arn:aws:iam::111122223333:role/orders")
                .operations(GrantOperation.DECRYPT));

    assertThat(world.planner().plan().describe())
        .contains("lets arn:aws:iam::111122223333:role/orders use it: Decrypt.");
  }

  @Test
  void plan_ofAPrimaryKeyWithReplicas_isRefused_andOfAReplicaIsMade() {
    String primary = world.kms.createKey(r -> r.multiRegion(true)).keyMetadata().arn();
    world.kms.replicateKey(r -> r.keyId(primary).replicaRegion("eu-west-1"));
    world.pass(Duration.ofMinutes(1));

    assertThat(problems(world.planner(primary)))
        .singleElement()
        .asString()
        .contains("replica in eu-west-1", "Retire the replica first");
    try (KmsClient there = world.client("eu-west-1")) {
      String replica = primary.replace(world.aws.region(), "eu-west-1");
      assertThat(world.planner(replica).kmsClient(there).plan().region()).isEqualTo("eu-west-1");
    }
  }

  @Test
  void plan_ofAKeyOfAws_isRefused() {
    world.kms.describeKey(r -> r.keyId("alias/aws/rds"));

    assertThat(problems(world.planner("alias/aws/rds")))
        .singleElement()
        .asString()
        .contains("managed by AWS");
  }

  @Test
  void plan_ofAKeyThatIsToBeDeletedAlready_isRefused() {
    String other = world.kms.createKey().keyMetadata().arn();
    world.kms.scheduleKeyDeletion(r -> r.keyId(other));
    world.aws.calls().clear();

    assertThat(problems(world.planner(other))).singleElement().asString().contains("PENDING_DEL");
  }

  @Test
  void plan_ofAKeyWithoutMaterial_isRefused() {
    String other = world.kms.createKey(r -> r.origin(OriginType.EXTERNAL)).keyMetadata().arn();

    assertThat(problems(world.planner(other))).singleElement().asString().contains("PENDING_IMP");
  }

  @Test
  void plan_ofAKeyOfAnotherRegion_orOfNone_isRefused() {
    String elsewhere = world.key.replace(world.aws.region(), "ap-south-1");
    assertThat(problems(world.planner(elsewhere)))
        .singleElement()
        .asString()
        .contains("The key is in ap-south-1, and the client is for " + world.aws.region());
    assertThat(problems(world.planner("alias/nothing")))
        .singleElement()
        .asString()
        .contains("There is no KMS key 'alias/nothing'");
    assertThat(problems(world.planner().toKey("alias/other")))
        .singleElement()
        .asString()
        .contains("A key is retired, not replaced.");
  }

  @Test
  void because_ofARetirement_isRefused() {
    RotationPlanner<KeyRetirementTarget> planner = world.planner();
    assertThatThrownBy(() -> planner.because(RotationReason.SCHEDULE_REQUIRED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("leave out because");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 6, 31})
  void pendingWindow_outsideOfWhatKmsTakes_isRefused(int days) {
    KeyRetirementOptions.Builder options = world.options();
    assertThatThrownBy(() -> options.pendingWindowInDays(days))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pendingWindowInDays must be 7 to 30, was " + days);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT59M59S", "P365DT1S"})
  void observeFor_outOfRange_isRefused(Duration period) {
    KeyRetirementOptions.Builder options = world.options();
    assertThatThrownBy(() -> options.observeFor(period))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one hour to 365 days");
  }

  @Test
  void run_withoutASourceThatThePlanLookedAt_isRefused() {
    RotationPlan plan = world.planner().plan();
    RotationPlan richer =
        RotationPlan.fromJson(
            plan.toJson().replaceAll("\"usageSources\" : \"listed\"", "\"usageSources\":\"ebs\""));
    assertThat(richer).isNotEqualTo(plan);

    assertThatThrownBy(() -> world.approving().run(richer))
        .isInstanceOf(MissingStrategyException.class)
        .hasMessageContaining("kms-rotation-ebs");
  }
}
