package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyPartResult;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Uploads in parts, and objects that are larger than memory. */
class EmbeddedS3MultipartTest extends S3Fixture {

  private static final int PART = 5 * 1024 * 1024;

  /** More than the heap that tests are given. */
  private static final long HUGE = 1200L * 1024 * 1024;

  private final byte[] data = randomData();

  private static byte[] randomData() {
    byte[] bytes = new byte[PART + 1000];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "CRC32, COMPOSITE",
    "CRC32, FULL_OBJECT",
    "CRC32_C, FULL_OBJECT",
    "SHA1, COMPOSITE",
    "SHA256, COMPOSITE"
  })
  void checksum_isOfThePartsOrOfAll(ChecksumAlgorithm algorithm, ChecksumType type) {
    String id =
        s3.createMultipartUpload(
                r -> r.bucket(BUCKET).key("a").checksumAlgorithm(algorithm).checksumType(type))
            .uploadId();
    CompletedPart first = upload(id, 1, Arrays.copyOf(data, PART), algorithm);
    CompletedPart second = upload(id, 2, Arrays.copyOfRange(data, PART, data.length), algorithm);

    complete(id, List.of(first, second), type);

    HeadObjectResponse head =
        s3.headObject(r -> r.bucket(BUCKET).key("a").checksumMode(ChecksumMode.ENABLED));
    assertThat(head.checksumType()).isEqualTo(type);
    assertThat(head.eTag()).endsWith("-2\"");
    assertThat(s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("a")).asByteArray()).isEqualTo(data);
    if (type == ChecksumType.FULL_OBJECT) {
      s3.putObject(
          r -> r.bucket(BUCKET).key("whole").checksumAlgorithm(algorithm),
          RequestBody.fromBytes(data));
      HeadObjectResponse whole =
          s3.headObject(r -> r.bucket(BUCKET).key("whole").checksumMode(ChecksumMode.ENABLED));
      assertThat(checksums(head)).isEqualTo(checksums(whole));
    }
  }

  private static List<String> checksums(HeadObjectResponse head) {
    return Arrays.asList(head.checksumCRC32(), head.checksumCRC32C(), head.checksumCRC64NVME());
  }

  private CompletedPart upload(String id, int number, byte[] bytes, ChecksumAlgorithm algorithm) {
    UploadPartResponse part =
        s3.uploadPart(
            r ->
                r.bucket(BUCKET)
                    .key("a")
                    .uploadId(id)
                    .partNumber(number)
                    .checksumAlgorithm(algorithm),
            RequestBody.fromBytes(bytes));
    return CompletedPart.builder()
        .partNumber(number)
        .eTag(part.eTag())
        .checksumCRC32(part.checksumCRC32())
        .checksumCRC32C(part.checksumCRC32C())
        .checksumCRC64NVME(part.checksumCRC64NVME())
        .checksumSHA1(part.checksumSHA1())
        .checksumSHA256(part.checksumSHA256())
        .build();
  }

  private void complete(String id, List<CompletedPart> parts, ChecksumType type) {
    s3.completeMultipartUpload(
        r ->
            r.bucket(BUCKET)
                .key("a")
                .uploadId(id)
                .checksumType(type)
                .multipartUpload(m -> m.parts(parts)));
  }

  @Test
  void smallPart_thatIsNotTheLast_isRefused() {
    String id =
        s3.createMultipartUpload(
                r -> r.bucket(BUCKET).key("a").checksumAlgorithm(ChecksumAlgorithm.CRC32))
            .uploadId();
    CompletedPart first = upload(id, 1, new byte[10], ChecksumAlgorithm.CRC32);
    CompletedPart second = upload(id, 2, new byte[10], ChecksumAlgorithm.CRC32);

    assertRefused(
        () -> complete(id, List.of(first, second), ChecksumType.COMPOSITE), 400, "EntityTooSmall");
    assertRefused(
        () -> complete(id, List.of(second, first), ChecksumType.COMPOSITE),
        400,
        "InvalidPartOrder");
    assertThat(s3.listParts(r -> r.bucket(BUCKET).key("a").uploadId(id)).parts()).hasSize(2);
    assertThat(s3.listMultipartUploads(r -> r.bucket(BUCKET)).uploads()).hasSize(1);
    s3.abortMultipartUpload(r -> r.bucket(BUCKET).key("a").uploadId(id));
    assertRefused(
        () -> s3.listParts(r -> r.bucket(BUCKET).key("a").uploadId(id)), 404, "NoSuchUpload");
  }

  @Test
  void objectLargerThanMemory_isPutAndCopiedInParts() {
    String key = newKey();
    s3.putObject(
        r -> r.bucket(BUCKET).key("huge"),
        RequestBody.fromContentProvider(Zeros::new, HUGE, "application/octet-stream"));
    String id =
        s3.createMultipartUpload(
                r ->
                    r.bucket(BUCKET)
                        .key("copy")
                        .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                        .ssekmsKeyId(key))
            .uploadId();
    List<CompletedPart> parts = new ArrayList<>();
    long half = HUGE / 2;
    for (int i = 0; i < 2; i++) {
      int number = i + 1;
      String range = "bytes=" + i * half + "-" + (number * half - 1);
      CopyPartResult part =
          s3.uploadPartCopy(
                  r ->
                      r.sourceBucket(BUCKET)
                          .sourceKey("huge")
                          .destinationBucket(BUCKET)
                          .destinationKey("copy")
                          .uploadId(id)
                          .partNumber(number)
                          .copySourceRange(range))
              .copyPartResult();
      parts.add(
          CompletedPart.builder()
              .partNumber(number)
              .eTag(part.eTag())
              .checksumCRC32(part.checksumCRC32())
              .build());
    }
    s3.completeMultipartUpload(
        r -> r.bucket(BUCKET).key("copy").uploadId(id).multipartUpload(m -> m.parts(parts)));

    HeadObjectResponse head = head("copy");

    assertThat(head.contentLength()).isEqualTo(HUGE);
    assertThat(head.ssekmsKeyId()).isEqualTo(key);
    byte[] end =
        s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("copy").range("bytes=" + (HUGE - 5) + "-"))
            .asByteArray();
    assertThat(end).isEqualTo(new byte[5]);
  }

  /** So many bytes of nothing. */
  private static final class Zeros extends InputStream {
    private long left = HUGE;

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int read = (int) Math.min(length, left);
      Arrays.fill(bytes, offset, offset + read, (byte) 0);
      left -= read;
      return read;
    }
  }
}
