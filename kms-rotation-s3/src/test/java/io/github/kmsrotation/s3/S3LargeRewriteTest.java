package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AnnotationEntry;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectAnnotationsResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * What is too large for one call is rewritten in parts with all that it has, and no upload is left
 * behind. Run with the limits of a smaller S3, but for that of a part's least size.
 */
class S3LargeRewriteTest {

  private static final int MIB = 1 << 20;
  private static final CopyLimits SMALL = new CopyLimits(6L * MIB, 5L * MIB);
  private static final byte[] CONTENT = content();
  private static final String READER =
      "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

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

  private static byte[] content() {
    byte[] content = new byte[11 * MIB + 7];
    new Random(5).nextBytes(content);
    return content;
  }

  /** As if the process had been killed: the runner catches no Error. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Kills before the call is sent, and after it was answered. */
  private static final class KillAt implements ExecutionInterceptor {
    private static final Set<String> CALLS =
        Set.of(
            "CreateMultipartUploadRequest",
            "UploadPartCopyRequest",
            "CompleteMultipartUploadRequest");
    private final AtomicInteger left;

    KillAt(int number) {
      left = new AtomicInteger(number);
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      killIfDue(context);
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      killIfDue(context);
    }

    private void killIfDue(Context.BeforeExecution context) {
      if (CALLS.contains(context.request().getClass().getSimpleName())
          && left.decrementAndGet() <= 0) {
        throw new Killed();
      }
    }
  }

  @Test
  void partSize_keepsToTenThousandParts_upToTheLargestObject() {
    CopyLimits limits = CopyLimits.OF_S3;
    long largest = 10_000L * (5L << 30);

    assertThat(limits.partSize((5L << 30) + 1)).isEqualTo(128L << 20);
    assertThat(limits.partSize(largest)).isEqualTo(5L << 30);
    for (long size = 5L << 30; size <= largest; size = size / 3 * 4 + 1) {
      long part = limits.partSize(size);
      assertThat((size + part - 1) / part).isLessThanOrEqualTo(10_000);
      assertThat(part).isBetween(5L << 20, 5L << 30);
    }
  }

  @Test
  void rewrite_inParts_carriesEverythingOver() {
    world.s3.putBucketOwnershipControls(
        r -> r.bucket(S3World.BUCKET).ownershipControls(c -> c.rules(List.of(ownership()))));
    put(
        "dir/a b+ü",
        r ->
            r.metadata(Map.of("owner", "Zoë", "plain", "x"))
                .tagging("x=y%20z&%C3%BC=1")
                .contentType("text/x-odd")
                .cacheControl("no-store")
                .contentDisposition("inline")
                .contentEncoding("br")
                .contentLanguage("de")
                .expires(Instant.parse("2027-01-01T00:00:00Z"))
                .storageClass(StorageClass.STANDARD_IA)
                .websiteRedirectLocation("/elsewhere")
                .checksumAlgorithm(ChecksumAlgorithm.CRC32)
                .grantRead("id=\"" + READER + "\"")
                .grantFullControl("id=\"" + ownerId() + "\""));
    HeadObjectResponse before = head("dir/a b+ü");
    String acl = acl("dir/a b+ü");
    List<Tag> tags = tags("dir/a b+ü");

    RotationReport report = rotate();

    HeadObjectResponse after = head("dir/a b+ü");
    assertThat(after.ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(after.bucketKeyEnabled()).isTrue();
    assertThat(comparable(after)).isEqualTo(comparable(before)).contains("/elsewhere", "owner=");
    assertThat(after.checksumCRC32()).isNotNull().isEqualTo(before.checksumCRC32());
    assertThat(after.checksumType()).isEqualTo(ChecksumType.FULL_OBJECT);
    assertThat(after.eTag()).endsWith("-3\"");
    assertThat(acl("dir/a b+ü")).isEqualTo(acl).contains(READER);
    assertThat(tags("dir/a b+ü")).isEqualTo(tags).hasSize(2);
    assertThat(bytes("dir/a b+ü")).isEqualTo(CONTENT);
    assertThat(world.aws.calls().of("UploadPartCopy")).hasSize(3);
    assertThat(report.steps().get(4).facts().find("count.REWRITTEN")).contains("1");
    assertNoUploadIsLeft();
  }

  @Test
  void rewrite_ofAnObjectWithAChecksumOfItsParts_keepsPartsAndChecksum() {
    upload("a", ChecksumAlgorithm.SHA256, 5 * MIB + 1, 6 * MIB, 5);
    HeadObjectResponse before = head("a");
    assertThat(before.checksumType()).isEqualTo(ChecksumType.COMPOSITE);

    rotate();

    HeadObjectResponse after = head("a");
    assertThat(after.ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(after.checksumSHA256()).isEqualTo(before.checksumSHA256()).endsWith("-3");
    assertThat(world.s3.headObject(r -> r.bucket(S3World.BUCKET).key("a").partNumber(2)))
        .returns(6L * MIB, HeadObjectResponse::contentLength);
  }

  @Test
  void rewrite_ofAnObjectOfParts_thatIsOverwrittenBeforeItsPartsAreRead_keepsTheNewerOne() {
    upload("a", ChecksumAlgorithm.SHA256, 5 * MIB + 1, 6 * MIB, 5);
    world.aws.faults().on("GetObjectAttributes").then(() -> world.put("a", r -> {}));

    rotate();

    assertThat(world.read("a")).isEqualTo("content of a");
    assertNoUploadIsLeft();
  }

  @Test
  void rewrite_inParts_whereThereAreVersions_makesOneAndLocksItAlike() {
    world.enableVersioning();
    world.s3.putObjectLockConfiguration(
        r -> r.bucket(S3World.BUCKET).objectLockConfiguration(c -> c.objectLockEnabled("Enabled")));
    Instant until = world.aws.clock().instant().plus(Duration.ofDays(30));
    put("a", r -> r.objectLockMode(ObjectLockMode.GOVERNANCE).objectLockRetainUntilDate(until));
    String former = world.versions().get(0).versionId();

    rotate();

    assertThat(world.versions()).extracting(ObjectVersion::versionId).hasSize(2).contains(former);
    assertThat(head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(head("a").objectLockMode()).isEqualTo(ObjectLockMode.GOVERNANCE);
    assertThat(head("a").objectLockRetainUntilDate()).isEqualTo(until);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UploadPartCopy", "CompleteMultipartUpload"})
  void rewrite_inParts_ofAnObjectThatIsOverwrittenMeanwhile_keepsTheNewerOne(String operation) {
    put("a", r -> {});
    world
        .aws
        .faults()
        .on(operation)
        .then(() -> world.put("a", r -> r.metadata(Map.of("newer", "1"))));

    rotate();

    assertThat(world.read("a")).isEqualTo("content of a");
    assertThat(world.head("a").metadata()).containsKey("newer");
    assertNoUploadIsLeft();
  }

  @Test
  void rewrite_inParts_ofAnObjectThatIsDeletedMeanwhile_doesNotBringItBack() {
    put("a", r -> {});
    world
        .aws
        .faults()
        .on("UploadPartCopy")
        .nth(3)
        .then(() -> world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key("a")));

    rotate();

    assertThatThrownBy(() -> world.head("a")).isInstanceOf(NoSuchKeyException.class);
    assertNoUploadIsLeft();
  }

  @Test
  void rewrite_inParts_ofAnObjectWhoseTagsChangeMeanwhile_carriesTheNewOnes() {
    put("a", r -> r.tagging("a=1"));
    Tag later = Tag.builder().key("b").value("2").build();
    world
        .aws
        .faults()
        .on("UploadPartCopy")
        .then(
            () ->
                world.s3.putObjectTagging(
                    r -> r.bucket(S3World.BUCKET).key("a").tagging(t -> t.tagSet(later))));

    rotate();

    assertThat(tags("a")).containsExactly(later);
    assertThat(head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertNoUploadIsLeft();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload"})
  void rewrite_inParts_thatIsRefused_listsTheObject_andResumedRewritesIt(String operation) {
    put("a", r -> {});
    world.aws.faults().on(operation).error("AccessDenied", 403);
    RotationPlan plan = plan();

    RotationReport stopped = world.runner(options()).build().run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("a (version null): refused by AWS, AccessDenied 403");
    assertNoUploadIsLeft();
    world.runner(options()).build().resume(plan.runId()).requireComplete();
    assertThat(head("a").ssekmsKeyId()).isEqualTo(world.newKey);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CreateMultipartUpload",
        "UploadPartCopy",
        "CompleteMultipartUpload",
        "AbortMultipartUpload"
      })
  void rewrite_inParts_whoseAnswerIsLost_isDoneOnceAndLeavesNoUpload(String operation) {
    world.enableVersioning();
    put("a", r -> {});
    world.aws.faults().on(operation).dropAfter();
    if (operation.startsWith("Abort")) {
      world.aws.faults().on("UploadPartCopy").error("PreconditionFailed", 412);
    }

    rotate();

    assertThat(world.versions()).hasSize(2);
    assertThat(head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertNoUploadIsLeft();
  }

  @Test
  void resume_afterAKillAtAnyCall_rewritesOnceAndLeavesNoUpload() {
    world.enableVersioning();
    for (int call = 1; call <= 10; call++) {
      String key = "object-" + call;
      put(key, r -> {});
      RotationPlan plan = killedAt(call);

      world.runner(options()).build().resume(plan.runId()).requireComplete();

      assertThat(head(key).ssekmsKeyId()).isEqualTo(world.newKey);
      assertThat(bytes(key)).isEqualTo(CONTENT);
      assertThat(world.versions().stream().filter(v -> v.key().equals(key))).hasSize(2);
      assertNoUploadIsLeft();
    }
  }

  @Test
  void rollBack_afterAKillAtAnyCall_leavesNoUpload() {
    for (int call = 2; call <= 10; call += 2) {
      put("object-" + call, r -> {});
      RotationPlan plan = killedAt(call);

      RotationReport report = world.runner(options()).build().rollBack(plan.runId());

      assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
      assertThat(report.describe()).contains("large objects that were rewritten stay under");
      assertNoUploadIsLeft();
    }
  }

  @Test
  void rewrite_ofALargeObjectWithAnnotations_isLeftAndListed() {
    put("a", r -> {});
    AnnotationEntry annotation = AnnotationEntry.builder().annotationName("model").build();
    ExecutionInterceptor annotated =
        new ExecutionInterceptor() {
          @Override
          public SdkResponse modifyResponse(
              Context.ModifyResponse context, ExecutionAttributes attributes) {
            return context.response() instanceof ListObjectAnnotationsResponse response
                ? response.toBuilder().annotations(annotation).build()
                : context.response();
          }
        };
    RotationPlan plan = plan();
    RotationReport report;
    try (S3Client client =
        world.client(
            S3Client.builder().overrideConfiguration(c -> c.addExecutionInterceptor(annotated)))) {
      report = world.runner(builder().client(client).build()).build().run(plan).requireComplete();
    }

    assertThat(report.steps().get(4).facts().find("stays.00").orElseThrow())
        .endsWith("with what a copy in parts would lose, annotations");
    assertThat(world.aws.calls().of("CreateMultipartUpload")).isEmpty();
  }

  @Test
  void rewrite_inParts_touchesNoUploadOfOthers() {
    put("a", r -> {});
    String others =
        world.s3.createMultipartUpload(r -> r.bucket(S3World.BUCKET).key("other")).uploadId();
    String sameKey =
        world.s3.createMultipartUpload(r -> r.bucket(S3World.BUCKET).key("a")).uploadId();
    world.s3.uploadPart(
        r -> r.bucket(S3World.BUCKET).key("a").uploadId(sameKey).partNumber(1),
        RequestBody.fromString("theirs"));

    rotate();

    assertThat(world.s3.listMultipartUploads(r -> r.bucket(S3World.BUCKET)).uploads())
        .extracting(u -> u.uploadId())
        .containsExactlyInAnyOrder(others, sameKey);
  }

  @Test
  void rewrite_inParts_leavesAnEmptyUploadOfOthersOfTheSameKey_asItsOwnBeginningWasAnswered() {
    put("a", r -> {});
    String theirs = begunByOthers("a");

    rotate();

    assertThat(uploads()).containsExactly(theirs);
  }

  @Test
  void rewrite_inParts_whoseBeginningIsLost_besideAnUploadOfOthers_leavesAndNamesBoth() {
    put("a", r -> {});
    String theirs = begunByOthers("a");
    world.aws.faults().on("CreateMultipartUpload").dropAfter();

    RotationReport report = rotate();

    assertThat(head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(uploads()).hasSize(2).contains(theirs);
    assertThat(report.steps().get(4).facts().find("uploadsLeft").orElseThrow())
        .startsWith("2 multipart uploads")
        .contains(uploads());
  }

  private String begunByOthers(String key) {
    return world.s3.createMultipartUpload(r -> r.bucket(S3World.BUCKET).key(key)).uploadId();
  }

  private List<String> uploads() {
    return world.s3.listMultipartUploads(r -> r.bucket(S3World.BUCKET)).uploads().stream()
        .map(upload -> upload.uploadId())
        .toList();
  }

  private RotationPlan killedAt(int call) {
    RotationPlan plan = plan();
    try (S3Client mortal =
        world.client(
            S3Client.builder()
                .overrideConfiguration(c -> c.addExecutionInterceptor(new KillAt(call))))) {
      S3Options options = builder().client(mortal).build();
      assertThatThrownBy(() -> world.runner(options).build().run(plan)).isInstanceOf(Killed.class);
    }
    return plan;
  }

  private S3Options.Builder builder() {
    return world.options().rewriteWhatCannotBeUpdated().copyLimits(SMALL);
  }

  private S3Options options() {
    return builder().build();
  }

  private RotationPlan plan() {
    return world.planner().with(options()).plan();
  }

  private RotationReport rotate() {
    return world.runner(options()).build().run(plan()).requireComplete();
  }

  private void put(String key, Consumer<PutObjectRequest.Builder> how) {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(S3World.BUCKET)
            .key(key)
            .serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE);
    how.accept(request);
    world.s3.putObject(request.build(), RequestBody.fromBytes(CONTENT));
  }

  private void upload(String key, ChecksumAlgorithm algorithm, int... sizes) {
    CreateMultipartUploadRequest create =
        CreateMultipartUploadRequest.builder()
            .bucket(S3World.BUCKET)
            .key(key)
            .checksumAlgorithm(algorithm)
            .serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE)
            .build();
    String id = world.s3.createMultipartUpload(create).uploadId();
    List<CompletedPart> parts = new ArrayList<>();
    for (int size : sizes) {
      int number = parts.size() + 1;
      UploadPartResponse part =
          world.s3.uploadPart(
              r ->
                  r.bucket(S3World.BUCKET)
                      .key(key)
                      .uploadId(id)
                      .partNumber(number)
                      .checksumAlgorithm(algorithm),
              RequestBody.fromBytes(new byte[size]));
      parts.add(
          CompletedPart.builder()
              .partNumber(number)
              .eTag(part.eTag())
              .checksumSHA256(part.checksumSHA256())
              .build());
    }
    world.s3.completeMultipartUpload(
        r -> r.bucket(S3World.BUCKET).key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));
  }

  private void assertNoUploadIsLeft() {
    assertThat(world.s3.listMultipartUploads(r -> r.bucket(S3World.BUCKET)).uploads()).isEmpty();
  }

  private byte[] bytes(String key) {
    return world.s3.getObjectAsBytes(r -> r.bucket(S3World.BUCKET).key(key)).asByteArray();
  }

  private HeadObjectResponse head(String key) {
    return world.s3.headObject(
        r -> r.bucket(S3World.BUCKET).key(key).checksumMode(ChecksumMode.ENABLED));
  }

  private static OwnershipControlsRule ownership() {
    return OwnershipControlsRule.builder().objectOwnership(ObjectOwnership.OBJECT_WRITER).build();
  }

  private String ownerId() {
    return world.s3.getBucketAcl(r -> r.bucket(S3World.BUCKET)).owner().id();
  }

  private static String comparable(HeadObjectResponse head) {
    return head.toBuilder()
        .serverSideEncryption((String) null)
        .ssekmsKeyId(null)
        .bucketKeyEnabled(null)
        .eTag(null)
        .lastModified(null)
        .build()
        .toString();
  }

  private String acl(String key) {
    return world.s3.getObjectAcl(r -> r.bucket(S3World.BUCKET).key(key)).grants().toString();
  }

  private List<Tag> tags(String key) {
    return world.s3.getObjectTagging(r -> r.bucket(S3World.BUCKET).key(key)).tagSet();
  }
}
