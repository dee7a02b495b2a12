package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Objects under customer-provided keys go under the KMS key, and nothing tells their keys. */
class S3CustomerKeyTest {

  private static final byte[] KEY =
      "the-secret-key-of-this-customer!".getBytes(StandardCharsets.UTF_8);
  private static final byte[] WRONG =
      "another-key-of-the-same-customer".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;
  private S3World world;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
    world.setRule(
        rule ->
            rule.applyServerSideEncryptionByDefault(
                    e -> e.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(world.oldKey))
                .blockedEncryptionTypes(b -> b.encryptionTypeWithStrings("NONE")));
  }

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 1_000})
  void rewrite_ofAnObjectUnderACustomerKey_putsItUnderTheKmsKey(int mostAtOnce) {
    world.put("a", r -> under(KEY, r).metadata(Map.of("owner", "x")).tagging("t=1"));
    S3Options options =
        options((bucket, key, version) -> Optional.of(SseCustomerKey.of(KEY)))
            .copyLimits(new CopyLimits(mostAtOnce, 5L << 20))
            .build();

    RotationReport report = rotate(options);

    HeadObjectResponse head = world.head("a");
    assertThat(head.ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(head.metadata()).containsEntry("owner", "x");
    assertThat(world.read("a")).isEqualTo("content of a");
    assertThat(world.s3.getObjectTagging(r -> r.bucket(S3World.BUCKET).key("a")).tagSet())
        .hasSize(1);
    assertThat(report.describe()).doesNotContain(new String(KEY, StandardCharsets.UTF_8));
  }

  @Test
  void provider_isAskedForTheVersion_andOnlyOfObjectsThatNeedAKey() {
    world.enableVersioning();
    world.put("a", r -> under(KEY, r));
    world.put("b");
    List<String> asked = new CopyOnWriteArrayList<>();

    rotate(
        options(
                (bucket, key, version) -> {
                  asked.add(bucket + "/" + key + " " + version);
                  return Optional.of(SseCustomerKey.of(KEY));
                })
            .build());

    assertThat(asked).isNotEmpty().allMatch(text -> text.startsWith(S3World.BUCKET + "/a "));
    assertThat(world.head("a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.versions()).extracting(ObjectVersion::key).containsExactly("a", "a", "b");
  }

  @Test
  void rewrite_withoutTheKeyOrWithAWrongOneOrAProviderThatThrows_listsEachWithTheReason()
      throws IOException {
    world.put("known", r -> under(KEY, r));
    world.put("unknown", r -> under(KEY, r));
    world.put("wrong", r -> under(KEY, r));
    world.put("throws", r -> under(KEY, r));

    RotationReport report =
        rotate(
            options(
                    (bucket, key, version) ->
                        switch (key) {
                          case "known" -> Optional.of(SseCustomerKey.of(KEY));
                          case "wrong" -> Optional.of(SseCustomerKey.of(WRONG));
                          case "throws" -> throw new IllegalStateException(secret());
                          default -> Optional.empty();
                        })
                .build());

    assertThat(world.head("known").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(Files.readString(directory.resolve(report.runId() + "-not-rewritten.csv")).lines())
        .containsExactly(
            "orders-archive,throws,null,SSE_C,the key provider threw IllegalStateException",
            "orders-archive,unknown,null,SSE_C,the key provider has no key for it",
            "orders-archive,wrong,null,SSE_C,the key that the key provider has for it is refused "
                + " 403");
    assertThat(
            world
                .s3
                .getObjectAsBytes(
                    r ->
                        r.bucket(S3World.BUCKET)
                            .key("wrong")
                            .sseCustomerAlgorithm("AES256")
                            .sseCustomerKey(base64(KEY))
                            .sseCustomerKeyMD5(SseCustomerKey.of(KEY).md5()))
                .asUtf8String())
        .isEqualTo("content of wrong");
  }

  @Test
  void keys_areNeitherInPlanNorJournalNorReportNorAnyText() throws IOException {
    world.put("known", r -> under(KEY, r));
    world.put("wrong", r -> under(KEY, r));
    world.put("throws", r -> under(KEY, r));
    world.put("refused", r -> under(KEY, r));
    world.setPolicy(
        """
        {"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
         "Action":"s3:PutObject","Resource":"arn:aws:s3:::orders-archive/refused"}}
        """);
    SseCustomerKeys keys =
        (bucket, key, version) -> {
          if (key.equals("throws")) {
            throw new IllegalStateException(secret() + base64(KEY));
          }
          return Optional.of(SseCustomerKey.of(key.equals("wrong") ? WRONG : KEY));
        };
    S3Options options = options(keys).build();
    RotationPlan plan = world.planner().with(options).plan();

    RotationReport report = world.runner(options).build().run(plan);

    assertThat(report.reason()).contains("refused (version null): refused by AWS");
    StringBuilder all =
        new StringBuilder(plan.toJson())
            .append(plan.describe())
            .append(report.describe())
            .append(options)
            .append(SseCustomerKey.of(KEY));
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    for (byte[] key : List.of(KEY, WRONG)) {
      assertThat(all)
          .doesNotContain(new String(key, StandardCharsets.UTF_8))
          .doesNotContain(base64(key))
          .doesNotContain(SseCustomerKey.of(key).md5())
          .doesNotContainIgnoringCase(HexFormat.of().formatHex(key));
    }
    assertThat(all)
        .contains("the key provider threw IllegalStateException")
        .contains("sseCustomerKeys=given");
  }

  @Test
  void run_ofAPlanWithCustomerKeys_withoutTheirProvider_isRefused() {
    RotationPlan plan =
        world.planner().with(options((bucket, key, version) -> Optional.empty()).build()).plan();

    assertThatThrownBy(() -> world.runner().run(plan))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("sseCustomerKeys");
  }

  @Test
  void key_whichIsNotOf32Bytes_isRefusedWithoutTellingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SseCustomerKey.of(new byte[] {77, 78, 79}))
        .withMessage("A customer-provided key has 32 bytes, this has 3");
  }

  private static String secret() {
    return new String(KEY, StandardCharsets.UTF_8);
  }

  private static String base64(byte[] key) {
    return Base64.getEncoder().encodeToString(key);
  }

  private S3Options.Builder options(SseCustomerKeys keys) {
    return world.options().sseCustomerKeys(keys);
  }

  private RotationReport rotate(S3Options options) {
    return world
        .runner(options)
        .build()
        .run(world.planner().with(options).plan())
        .requireComplete();
  }

  private static PutObjectRequest.Builder under(byte[] key, PutObjectRequest.Builder request) {
    return request
        .sseCustomerAlgorithm("AES256")
        .sseCustomerKey(base64(key))
        .sseCustomerKeyMD5(SseCustomerKey.of(key).md5());
  }
}
