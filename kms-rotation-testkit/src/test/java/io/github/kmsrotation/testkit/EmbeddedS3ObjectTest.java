package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.RestoreRequest;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.Tier;

/** Objects are put, read and deleted, by both of AWS's Java clients. */
class EmbeddedS3ObjectTest extends S3Fixture {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a/b//c/",
        "/a",
        "a b+c&d=e?f#g%h",
        "ä/€/😀",
        "..",
        "a/../b",
        "'()*!~;:@$,[]{}^|\\`\"<>"
      })
  void key_ofAnyLegalCharacter_isFoundAgain(String key) {
    put(key);

    assertThat(get(key)).isEqualTo(DATA);
    assertThat(s3.listObjectsV2(r -> r.bucket(BUCKET)).contents().get(0).key()).isEqualTo(key);
    s3.deleteObject(r -> r.bucket(BUCKET).key(key));
    assertRefused(() -> get(key), 404, "NoSuchKey");
  }

  @Test
  void headers_areReturned() {
    s3.putObject(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .contentType("text/plain")
                .cacheControl("no-cache")
                .contentDisposition("inline")
                .contentLanguage("de")
                .websiteRedirectLocation("/b")
                .metadata(Map.of("who", "me", "word", "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=")),
        RequestBody.fromString(DATA));

    HeadObjectResponse head = head("a");

    assertThat(head.contentType()).isEqualTo("text/plain");
    assertThat(head.cacheControl()).isEqualTo("no-cache");
    assertThat(head.contentDisposition()).isEqualTo("inline");
    assertThat(head.contentLanguage()).isEqualTo("de");
    assertThat(head.websiteRedirectLocation()).isEqualTo("/b");
    assertThat(head.metadata())
        .containsOnly(Map.entry("who", "me"), Map.entry("word", "=?UTF-8?B?R3LDvMOfZQ==?="));
  }

  @Test
  void range_isAnsweredWithItsBytes() {
    put("a");

    ResponseBytes<GetObjectResponse> part =
        s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("a").range("bytes=4-7"));

    assertThat(part.asUtf8String()).isEqualTo("data");
    assertThat(part.response().contentRange()).isEqualTo("bytes 4-7/" + DATA.length());
    assertThat(s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("a").range("bytes=-5")).asUtf8String())
        .isEqualTo("order");
    assertRefused(
        () -> s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("a").range("bytes=99-")),
        416,
        "InvalidRange");
  }

  @ParameterizedTest
  @EnumSource(
      value = ChecksumAlgorithm.class,
      names = {"CRC32", "CRC32_C", "SHA1", "SHA256"})
  void checksum_isKeptAndTold(ChecksumAlgorithm algorithm) {
    s3.putObject(
        r -> r.bucket(BUCKET).key("a").checksumAlgorithm(algorithm), RequestBody.fromString(DATA));

    HeadObjectResponse head =
        s3.headObject(r -> r.bucket(BUCKET).key("a").checksumMode(ChecksumMode.ENABLED));

    assertThat(head.checksumTypeAsString()).isEqualTo("FULL_OBJECT");
    assertThat(s3.listObjectsV2(r -> r.bucket(BUCKET)).contents().get(0).checksumAlgorithm())
        .containsExactly(algorithm);
  }

  @Test
  void checksum_thatIsWrong_isRefused() {
    assertRefused(
        () ->
            s3.putObject(
                r -> r.bucket(BUCKET).key("a").checksumCRC32("AAAAAA=="),
                RequestBody.fromString(DATA)),
        400,
        "BadDigest");
    assertRefused(
        () ->
            s3.putObject(
                r -> r.bucket(BUCKET).key("a").contentMD5("1B2M2Y8AsgTpgAmY7PhCfg=="),
                RequestBody.fromString(DATA)),
        400,
        "BadDigest");
    assertRefused(() -> get("a"), 404, "NoSuchKey");
  }

  @Test
  void conditions_decide() {
    put("a");
    String etag = head("a").eTag();

    assertRefused(
        () ->
            s3.putObject(
                r -> r.bucket(BUCKET).key("a").ifNoneMatch("*"), RequestBody.fromString("new")),
        412,
        "PreconditionFailed");
    assertRefused(
        () ->
            s3.putObject(
                r -> r.bucket(BUCKET).key("a").ifMatch("\"0\""), RequestBody.fromString("new")),
        412,
        "PreconditionFailed");
    assertRefused(
        () -> s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("a").ifMatch("\"0\"")),
        412,
        "PreconditionFailed");
    assertRefused(
        () -> s3.deleteObject(r -> r.bucket(BUCKET).key("a").ifMatch("\"0\"")),
        412,
        "PreconditionFailed");
    s3.putObject(r -> r.bucket(BUCKET).key("a").ifMatch(etag), RequestBody.fromString("new"));
    assertThat(get("a")).isEqualTo("new");
  }

  @Test
  void asyncClient_putsAndGets() {
    try (S3AsyncClient async = Clients.of(S3AsyncClient.builder(), aws)) {
      byte[] data = new byte[3_000_000];
      java.util.Arrays.fill(data, (byte) 7);
      async.putObject(r -> r.bucket(BUCKET).key("a"), AsyncRequestBody.fromBytes(data)).join();

      byte[] got =
          async
              .getObject(r -> r.bucket(BUCKET).key("a"), AsyncResponseTransformer.toBytes())
              .join()
              .asByteArray();

      assertThat(got).isEqualTo(data);
    }
  }

  @Test
  void archivedObject_isReadAfterItsRestore_untilThatEnds() {
    s3.putObject(
        r -> r.bucket(BUCKET).key("a").storageClass(StorageClass.GLACIER),
        RequestBody.fromString(DATA));
    assertRefused(() -> get("a"), 403, "InvalidObjectState");
    restore();
    assertThat(head("a").restore()).isEqualTo("ongoing-request=\"true\"");
    assertRefused(this::restore, 409, "RestoreAlreadyInProgress");

    aws.clock().advance(Duration.ofHours(5));

    assertThat(get("a")).isEqualTo(DATA);
    aws.clock().advance(Duration.ofDays(3));
    assertRefused(() -> get("a"), 403, "InvalidObjectState");
  }

  private void restore() {
    s3.restoreObject(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .restoreRequest(
                    RestoreRequest.builder()
                        .days(2)
                        .glacierJobParameters(g -> g.tier(Tier.STANDARD))
                        .build()));
  }

  @Test
  void throttling_isSlowDown_andTheClientTriesAgain() {
    aws.faults().on("PutObject").throttle();

    put("a");

    assertThat(aws.calls().of("PutObject"))
        .extracting(call -> call.outcome())
        .containsExactly("SlowDown", "ok");
  }

  @Test
  void lostAnswer_meansThatTheObjectIsThere() {
    aws.faults().on("PutObject").times(9).dropAfter();

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> put("a"))
        .isInstanceOf(software.amazon.awssdk.core.exception.SdkClientException.class);

    aws.faults().clear();
    assertThat(get("a")).isEqualTo(DATA);
  }

  @Test
  void wrongRegion_isRedirected() {
    put("a");
    try (S3Client elsewhere =
            Clients.of(S3Client.builder(), aws.endpoint(), Region.EU_WEST_1.id());
        S3Client virginia = Clients.of(S3Client.builder(), aws.endpoint(), Region.US_EAST_1.id())) {
      assertRefused(
          () -> elsewhere.getObjectAsBytes(r -> r.bucket(BUCKET).key("a")),
          301,
          "PermanentRedirect");
      assertRefused(
          () -> virginia.getObjectAsBytes(r -> r.bucket(BUCKET).key("a")),
          400,
          "AuthorizationHeaderMalformed");
    }
  }

  @Test
  void whatIsNotModelled_isSaidSo() {
    assertRefused(() -> s3.getBucketWebsite(r -> r.bucket(BUCKET)), 501, "NotModelled");
  }
}
