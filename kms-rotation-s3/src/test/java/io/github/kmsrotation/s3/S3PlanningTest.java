package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.target.S3Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.Payer;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What planning finds, before anything is changed. */
class S3PlanningTest {

  @TempDir Path directory;
  private S3World world;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void plan_resolvesTheAliasOnce_andSaysWhatEachStepDoes() {
    RotationPlan plan = world.planner().plan();

    assertThat(plan.targetKeyArn()).contains(world.newKey);
    assertThat(plan.currentKeyArn()).contains(world.oldKey);
    assertThat(plan.steps())
        .extracting(StepDescription::id)
        .containsExactly("prove-update", "set-default-encryption", "re-encrypt", "verify-objects");
    assertThat(plan.describe())
        .contains(
            "no content is read or written",
            "stays if rolled back",
            "kms-rotation-canary-" + plan.runId(),
            "Both keys have to be usable");
    assertThat(RotationPlan.fromJson(plan.toJson())).isEqualTo(plan);
    assertThat(world.aws.calls().mutating())
        .extracting(call -> call.operation())
        .doesNotContain("PutObject", "UpdateObjectEncryption");
  }

  @Test
  void plan_ofABucketUnderTheNewKeyAlready_isForTheObjectsThatAreNot() {
    world.put("a");
    world.setDefault(
        e -> e.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(world.newKey));

    world.runner().run(world.planner().plan()).requireComplete();

    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void plan_ofAnUnknownBucket_isRefused() {
    assertThat(problems(world.planner(RotationPlanner.forS3("no-such-bucket"))))
        .singleElement()
        .extracting(Notice::text)
        .isEqualTo("There is no such bucket.");
  }

  @Test
  void plan_byAClientOfAnotherRegion_saysWhereTheBucketIs() {
    try (S3Client elsewhere =
        world.client(S3Client.builder().crossRegionAccessEnabled(false), Region.EU_WEST_1)) {
      assertThat(problems(world.planner().with(S3Options.builder().client(elsewhere).build())))
          .singleElement()
          .extracting(Notice::text)
          .isEqualTo("The bucket is in eu-central-1, and the client is for eu-west-1.");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fast--euc1-az1--x-s3, directory bucket",
    "orders-abc123--op-s3, Outposts",
    "orders-table--table-s3, table bucket",
    "orders-abc123-s3alias, alias of an access point",
    "orders-abc123--ol-s3, alias of an access point",
    "abc123xyz.mrap, alias of an access point"
  })
  void plan_ofWhatIsNoGeneralPurposeBucket_isRefused(String name, String what) {
    assertThat(problems(world.planner(RotationPlanner.forS3(name))))
        .singleElement()
        .extracting(Notice::text)
        .asString()
        .contains(what);
    assertThat(world.aws.calls().of("HeadBucket")).isEmpty();
  }

  @Test
  void plan_toAKeyNamedByItsId_isForItsArn() {
    String id = world.newKey.substring(world.newKey.lastIndexOf('/') + 1);

    assertThat(world.planner().toKey(id).plan().targetKeyArn()).contains(world.newKey);
  }

  @Test
  void plan_ofABucketOfAnotherAccount_isRefused_butForRewritingEverything() {
    world.aws.faults().on("HeadBucket").nth(2).error("AccessDenied", 403);

    assertThat(problems(world.planner()))
        .extracting(Notice::text)
        .containsExactly(
            "The bucket does not belong to the account of the key, " + world.aws.accountId() + ".");
    world.aws.faults().on("HeadBucket").nth(2).error("AccessDenied", 403);
    S3Options options = world.options().rewriteEverything().build();
    assertThat(world.planner().with(options).plan().steps()).hasSize(4);
  }

  @Test
  void rotation_ofARequesterPaysBucket_saysInEveryCallWhoPays() {
    world.enableVersioning();
    world.put("a", r -> r.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE));
    world.put("b");
    world.s3.putBucketRequestPayment(
        r -> r.bucket(S3World.BUCKET).requestPaymentConfiguration(c -> c.payer(Payer.REQUESTER)));
    List<String> unpaid = new CopyOnWriteArrayList<>();
    AtomicInteger paid = new AtomicInteger();
    ExecutionInterceptor watch =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            Optional<String> payer =
                context.httpRequest().firstMatchingHeader("x-amz-request-payer");
            if (payer.equals(Optional.of("requester"))) {
              paid.incrementAndGet();
            } else {
              unpaid.add(context.request().getClass().getSimpleName());
            }
          }
        };
    try (S3Client watched =
        world.client(
            S3Client.builder().overrideConfiguration(c -> c.addExecutionInterceptor(watch)))) {
      S3Options options =
          world
              .options()
              .client(watched)
              .iPayForRequests()
              .rewriteWhatCannotBeUpdated()
              .copyLimits(new CopyLimits(3, 5L << 20))
              .build();
      RotationPlan plan = world.planner().with(options).plan();
      world.runner(options).build().run(plan).requireComplete();
      assertThat(plan.describe()).contains("The caller's account pays for every call.");
    }

    assertThat(unpaid).isEmpty();
    assertThat(paid).hasValueGreaterThan(20);
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void plan_findsEveryProblemAtOnce() {
    String signing =
        world
            .kms
            .createKey(r -> r.keySpec(KeySpec.RSA_2048).keyUsage(KeyUsageType.SIGN_VERIFY))
            .keyMetadata()
            .arn();
    world.kms.disableKey(r -> r.keyId(signing));
    world.s3.putBucketRequestPayment(
        r -> r.bucket(S3World.BUCKET).requestPaymentConfiguration(c -> c.payer(Payer.REQUESTER)));
    world.setPolicy(denyingOtherKeysThan(world.oldKey));

    assertThat(problems(world.planner().toKey(signing)))
        .extracting(Notice::text)
        .containsExactlyInAnyOrder(
            "The key's spec is RSA_2048.",
            "The key is DISABLED.",
            "It is a Requester Pays bucket, and calls that accept the costs are not made.",
            "Statement OnlyOurKey of its bucket policy denies s3:UpdateObjectEncryption with "
                + signing
                + ".");
  }

  @Test
  void plan_toAKeyOfAnotherRegion_isRefused() {
    String elsewhere = world.newKey.replace(world.aws.region(), "eu-west-1");

    assertThat(problems(world.planner().toKey(elsewhere)))
        .extracting(Notice::text)
        .containsExactly("The key is not in eu-central-1.");
  }

  @Test
  void plan_whenThePolicyTakesTheNewKey_isMade() {
    world.setPolicy(denyingOtherKeysThan(world.newKey));

    assertThat(world.planner().plan().warnings())
        .extracting(Notice::text)
        .noneMatch(text -> text.contains("policy"));
  }

  @Test
  void plan_whenThePolicyDeniesSomeObjectsOnly_warns() {
    world.setPolicy(
        denyingOtherKeysThan(world.oldKey).replace("orders-archive/*", "orders-archive/x/*"));

    assertThat(world.planner().plan().warnings())
        .extracting(Notice::text)
        .anyMatch(text -> text.startsWith("Statement OnlyOurKey of its bucket policy may deny"));
  }

  @Test
  void plan_ofABucketWithDefaultRetention_isRefused() {
    world.s3.createBucket(
        r ->
            r.bucket("locked-orders")
                .objectLockEnabledForBucket(true)
                .createBucketConfiguration(c -> c.locationConstraint(world.aws.region())));
    world.s3.putObjectLockConfiguration(
        r ->
            r.bucket("locked-orders")
                .objectLockConfiguration(
                    c ->
                        c.objectLockEnabled("Enabled")
                            .rule(
                                rule ->
                                    rule.defaultRetention(
                                        d -> d.days(1).mode(ObjectLockRetentionMode.GOVERNANCE)))));

    assertThat(problems(world.planner(RotationPlanner.forS3("locked-orders"))))
        .singleElement()
        .extracting(Notice::text)
        .asString()
        .contains("keeps every new object in mode GOVERNANCE");
  }

  @Test
  void plan_whenTheReasonNeedsNoDataMoved_isRefused() {
    assertThat(problems(world.planner().because(RotationReason.SCHEDULE_REQUIRED)))
        .extracting(Notice::text)
        .singleElement()
        .asString()
        .contains("needs no data moved");
  }

  @Test
  void plan_whenTheBucketsKeyIsGone_warnsAndIsMade() {
    world.setDefault(
        e ->
            e.sseAlgorithm(ServerSideEncryption.AWS_KMS)
                .kmsMasterKeyID(world.oldKey.replaceAll("[0-9a-f]{4}$", "ffff")));

    assertThat(world.planner().plan().warnings())
        .extracting(Notice::text)
        .anyMatch(text -> text.contains("cannot be looked at"));
  }

  @Test
  void target_whichIsNoBucket_isRefused() {
    for (String name :
        List.of(
            "",
            "ab",
            "s3://orders",
            "arn:aws:s3:::orders",
            "arn:aws:s3:eu-central-1:111122223333:accesspoint/orders",
            "arn:aws:s3-outposts:eu-central-1:111122223333:outpost/op-1/bucket/orders")) {
      assertThatIllegalArgumentException().isThrownBy(() -> RotationPlanner.forS3(name));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> RotationPlanner.forS3("orders", ""));
  }

  private static List<Notice> problems(RotationPlanner<S3Target> planner) {
    return catchThrowableOfType(PlanningException.class, planner::plan).problems();
  }

  private static String denyingOtherKeysThan(String key) {
    return """
    {"Version":"2012-10-17","Statement":{"Sid":"OnlyOurKey","Effect":"Deny","Principal":"*",
     "Action":["s3:PutObject","s3:UpdateObjectEncryption"],
     "Resource":"arn:aws:s3:::orders-archive/*",
     "Condition":{"StringNotEqualsIfExists":
       {"s3:x-amz-server-side-encryption-aws-kms-key-id":"%s"}}}}
    """
        .formatted(key);
  }
}
