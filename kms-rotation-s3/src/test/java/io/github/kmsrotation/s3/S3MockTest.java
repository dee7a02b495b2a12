package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** The rewrite path on a server that we did not write, and what that one keeps from being moved. */
class S3MockTest {

  private static final String BUCKET = "mocked-orders";
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  @TempDir Path store;
  private S3World world;
  private S3Mock mock;
  private S3Client s3;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(
        S3Mock.isThere(),
        () -> S3Mock.JAR + " is missing: the build copies it there, before tests are compiled");
    world = new S3World(directory);
    mock = S3Mock.start(store, world.newKey);
    s3 =
        S3Client.builder()
            .endpointOverride(mock.endpoint())
            .region(Region.of(world.aws.region()))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .overrideConfiguration(c -> c.addExecutionInterceptor(new Differences(world.newKey)))
            .build();
    s3.createBucket(r -> r.bucket(BUCKET));
  }

  @AfterEach
  void stop() {
    if (world != null) {
      s3.close();
      mock.close();
      world.close();
    }
  }

  /** Where S3Mock is not like AWS, so far as the rewrite path meets it. */
  private record Differences(String keyArn) implements ExecutionInterceptor {
    private static final String KEY = "x-amz-server-side-encryption-aws-kms-key-id";

    /** It wants bare key ids, where AWS takes ARNs. */
    @Override
    public SdkHttpRequest modifyHttpRequest(
        Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
      Optional<String> key = context.httpRequest().firstMatchingHeader(KEY);
      return key.isPresent()
          ? context.httpRequest().toBuilder().putHeader(KEY, id()).build()
          : context.httpRequest();
    }

    /** And it tells them, where AWS tells ARNs. */
    @Override
    public SdkHttpResponse modifyHttpResponse(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      Optional<String> key = context.httpResponse().firstMatchingHeader(KEY);
      return key.equals(Optional.of(id()))
          ? context.httpResponse().toBuilder().putHeader(KEY, keyArn).build()
          : context.httpResponse();
    }

    private String id() {
      return keyArn.substring(keyArn.lastIndexOf('/') + 1);
    }

    /** It says in other words that a bucket has no Object Lock. */
    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      return context.request() instanceof GetObjectLockConfigurationRequest
              && context.httpResponse().statusCode() == 400
          ? context
              .responseBody()
              .map(body -> replaced(body, "InvalidRequest", "ObjectLockConfigurationNotFoundError"))
          : context.responseBody();
    }

    private static InputStream replaced(InputStream body, String what, String by) {
      try {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        return new ByteArrayInputStream(text.replace(what, by).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void canary_stops_andNothingIsTouched() {
    put("dir/a");
    HeadObjectResponse before = head("dir/a");
    S3Options options = S3Options.builder().client(s3).build();

    RotationReport report = world.runner(options).build().run(plan(options));

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("No other object was touched");
    assertThat(head("dir/a").eTag()).isEqualTo(before.eTag());
    assertThat(head("dir/a").lastModified()).isEqualTo(before.lastModified());
    assertThat(s3.listObjectsV2(r -> r.bucket(BUCKET)).contents())
        .extracting(o -> o.key())
        .containsExactly("dir/a");
  }

  @Test
  void rewrite_putsObjectsUnderTheKey_withAllThatTheyHave() {
    s3.putObject(
        r ->
            r.bucket(BUCKET)
                .key("dir/a b+ü")
                .metadata(Map.of("owner", "somebody"))
                .tagging("x=y&z=1")
                .contentType("text/x-odd")
                .cacheControl("no-store")
                .contentLanguage("de")
                .storageClass(StorageClass.STANDARD_IA),
        RequestBody.fromString("content of a"));
    HeadObjectResponse before = head("dir/a b+ü");
    S3Options options = options();

    RotationReport report = world.runner(options).build().run(plan(options)).requireComplete();

    HeadObjectResponse after = head("dir/a b+ü");
    assertThat(after.ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(after.metadata()).isEqualTo(before.metadata()).containsKey("owner");
    assertThat(after.contentType()).isEqualTo("text/x-odd");
    assertThat(after.cacheControl()).isEqualTo("no-store");
    assertThat(after.contentLanguage()).isEqualTo("de");
    assertThat(after.storageClass()).isEqualTo(StorageClass.STANDARD_IA);
    assertThat(s3.getObjectTagging(r -> r.bucket(BUCKET).key("dir/a b+ü")).tagSet()).hasSize(2);
    assertThat(report.steps().get(2).evidence().get(1).actual()).isEqualTo("1");
  }

  /** It forgets the key of an upload in parts, which AWS keeps. */
  @Test
  void rewrite_inParts_keepsAllButTheKey_andVerificationSeesThat() {
    byte[] large = new byte[11 * MIB + 7];
    new Random(7).nextBytes(large);
    s3.putObject(
        r -> r.bucket(BUCKET).key("dir/large").metadata(Map.of("owner", "x")).tagging("x=y"),
        RequestBody.fromBytes(large));
    S3Options options = options();

    RotationReport report = world.runner(options).build().run(plan(options));

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("verify-objects", "dir/large");
    assertThat(head("dir/large").ssekmsKeyId()).isNull();
    assertThat(head("dir/large").eTag()).endsWith("-3\"");
    assertThat(head("dir/large").metadata()).containsEntry("owner", "x");
    assertThat(s3.getObjectTagging(r -> r.bucket(BUCKET).key("dir/large")).tagSet()).hasSize(1);
    assertThat(s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("dir/large")).asByteArray())
        .isEqualTo(large);
    assertThat(s3.listMultipartUploads(r -> r.bucket(BUCKET)).uploads()).isEmpty();
  }

  /** So it does for everybody. */
  @Test
  void s3Mock_forgetsTheKeyOfAnyUploadInParts() {
    String id =
        s3.createMultipartUpload(
                r ->
                    r.bucket(BUCKET)
                        .key("other")
                        .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                        .ssekmsKeyId(world.newKey))
            .uploadId();
    String tag =
        s3.uploadPart(
                r -> r.bucket(BUCKET).key("other").uploadId(id).partNumber(1),
                RequestBody.fromString("a part"))
            .eTag();
    CompletedPart part = CompletedPart.builder().partNumber(1).eTag(tag).build();
    s3.completeMultipartUpload(
        r -> r.bucket(BUCKET).key("other").uploadId(id).multipartUpload(m -> m.parts(part)));

    assertThat(head("other").ssekmsKeyId()).isNull();
  }

  /** It keeps the version's id when an object is copied to itself, where AWS makes a version. */
  @Test
  void rewrite_whereThereAreVersions_isSeenAsTheSameVersion_andDeletesNone() {
    s3.putBucketVersioning(r -> r.bucket(BUCKET).versioningConfiguration(v -> v.status("Enabled")));
    put("dir/a");
    String former = head("dir/a").versionId();
    S3Options options = options();

    world.runner(options).build().run(plan(options)).requireComplete();

    assertThat(head("dir/a").ssekmsKeyId()).isEqualTo(world.newKey);
    assertThat(head("dir/a").versionId()).isEqualTo(former);
    assertThat(s3.listObjectVersions(r -> r.bucket(BUCKET)).versions()).hasSize(1);
  }

  private S3Options options() {
    return S3Options.builder()
        .client(s3)
        .rewriteEverything()
        .copyLimits(new CopyLimits(6L * MIB, 5L * MIB))
        .reportIn(directory)
        .build();
  }

  /** Of a prefix: it takes PutBucketEncryption for CreateBucket, so the default cannot be set. */
  private RotationPlan plan(S3Options options) {
    return world.planner(RotationPlanner.forS3(BUCKET, "dir/")).with(options).plan();
  }

  private void put(String key) {
    s3.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString("content of " + key));
  }

  private HeadObjectResponse head(String key) {
    return s3.headObject(r -> r.bucket(BUCKET).key(key));
  }
}
