package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code CopyObject}. Encryption, storage class, ACL and Object Lock are the request's or the
 * destination bucket's, never the source's; metadata and tags are copied unless replaced.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</a>
 */
final class CopyOperation {

  private final S3State state;

  CopyOperation(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write(
        "CopyObject",
        this::copy,
        Operations.COPY_SOURCE,
        Operations.NEW_OBJECT,
        "x-amz-metadata-directive x-amz-tagging-directive x-amz-checksum-algorithm");
  }

  private record Begun(
      CopySource.Opened source,
      S3Version.Builder builder,
      ContentCipher cipher,
      Optional<ChecksumAlgorithm> algorithm) {}

  private RestAnswer copy(S3Request request) throws IOException {
    request.requireLegalKey();
    CopySource named = CopySource.of(request);
    Begun begun = state.locked(() -> begin(request, named));
    S3Version.Builder builder = begun.builder();
    try {
      store(begun);
      return state.locked(() -> finish(request, begun));
    } catch (AwsError e) {
      BlobReader.letGo(builder.blobs);
      throw e;
    } finally {
      begun.source().letGo();
    }
  }

  private Begun begin(S3Request request, CopySource named) {
    Bucket bucket = state.bucket(request);
    NewObject.requireConditions(request, bucket);
    S3Version.Builder builder = NewObject.of(request, bucket, state);
    EncryptionWish wish = EncryptionWish.of(request, bucket.encryption);
    boolean replacesHeaders = replaces(request, "x-amz-metadata-directive");
    boolean replacesTags = replaces(request, "x-amz-tagging-directive");
    Optional<ChecksumAlgorithm> asked =
        request.header("x-amz-checksum-algorithm").map(ChecksumAlgorithm::parse);
    Optional<Map<String, String>> tags = request.header("x-amz-tagging").map(TagSet::ofHeader);
    CopySource.Opened source = named.open(request, state);
    try {
      requireChange(request, bucket, named, source.version(), wish, replacesHeaders);
      requireSmall(source.version());
      Sealer.Sealed sealed = state.sealer.seal(wish, state.place(bucket, request.key()));
      builder.encryption = sealed.encryption();
      builder.headers = replacesHeaders ? ObjectHeaders.of(request) : source.version().headers;
      builder.tags = replacesTags ? tags.orElse(Map.of()) : source.version().tags;
      Optional<ChecksumAlgorithm> algorithm =
          asked.or(() -> source.version().checksum().map(ObjectChecksum::algorithm));
      return new Begun(source, builder, sealed.cipher(), algorithm);
    } catch (AwsError e) {
      source.letGo();
      throw e;
    }
  }

  private static boolean replaces(S3Request request, String header) {
    String directive = request.header(header).orElse("COPY");
    if (!directive.matches("COPY|REPLACE")) {
      throw S3Errors.invalidArgument("Unknown directive.", header, directive);
    }
    return directive.equals("REPLACE");
  }

  /**
   * A copy of an object to itself has to change something. What the bucket's default encryption
   * would change counts, too. A copy of an older version makes it the current one.
   */
  private static void requireChange(
      S3Request request,
      Bucket bucket,
      CopySource named,
      S3Version source,
      EncryptionWish wish,
      boolean replacesHeaders) {
    boolean isSelf = named.bucketName.equals(bucket.name) && named.key.equals(request.key());
    boolean isOlder = named.versionId.isPresent() && bucket.newest.get(named.key) != source;
    boolean changes =
        replacesHeaders
            || wish.isExplicit()
            || request.header("x-amz-storage-class").isPresent()
            || request.header("x-amz-website-redirect-location").isPresent()
            || wish.kind() != source.encryption.kind()
            || wish.isBucketKey() != source.encryption.isBucketKey()
            || !wish.keyId().map(source.encryption.keyArn()::equals).orElse(true);
    if (isSelf && !isOlder && !changes) {
      throw S3Errors.invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without"
              + " changing the object's metadata, storage class, website redirect location or"
              + " encryption attributes.");
    }
  }

  private static void requireSmall(S3Version source) {
    if (source.size > PutOperation.MOST_AT_ONCE) {
      throw S3Errors.invalidRequest(
          "The specified copy source is larger than the maximum allowable size for a copy source: "
              + PutOperation.MOST_AT_ONCE);
    }
  }

  private void store(Begun begun) throws IOException {
    S3Version.Builder builder = begun.builder();
    S3Version from = begun.source().version();
    ChecksumAlgorithm algorithm = begun.algorithm().orElse(ChecksumAlgorithm.CRC64NVME);
    Digester checksum = Digester.of(algorithm);
    boolean hasMd5 = builder.encryption.kind().hasMd5ETag();
    List<Digester> digesters = hasMd5 ? List.of(checksum, Digester.md5()) : List.of(checksum);
    try (BlobWriter writer = new BlobWriter(state.blobs, begun.cipher(), from.size)) {
      OutputStream out = digesting(writer, digesters);
      BlobReader.copy(begun.source().blobs(), begun.source().cipher(), 0, from.size, out);
      Optional<byte[]> md5 = hasMd5 ? Optional.of(digesters.get(1).finish()) : Optional.empty();
      builder.digest = NewObject.digest(builder.encryption.kind(), md5);
      builder.checksum = Optional.of(new ObjectChecksum(algorithm, checksum.finish(), 0));
      builder.blobs = List.of(writer.finish());
    }
  }

  static OutputStream digesting(OutputStream out, List<Digester> digesters) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        digesters.forEach(digester -> digester.update(bytes, offset, length));
        out.write(bytes, offset, length);
      }
    };
  }

  private RestAnswer finish(S3Request request, Begun begun) {
    Bucket bucket = state.bucket(request);
    NewObject.requireConditions(request, bucket);
    S3Version version = begun.builder().build(bucket.newVersionId(), state.now());
    bucket.add(request.key(), version);
    state.replicator.written(bucket, request.key(), version);
    Map<String, String> headers = ObjectAnswers.ofNew(bucket, version);
    begun.source().putVersion(headers);
    XmlOut out =
        XmlOut.of("CopyObjectResult")
            .put("ETag", version.etag())
            .put("LastModified", Times.iso(version.modified()));
    version
        .checksum()
        .ifPresent(c -> out.put("ChecksumType", c.type()).put(c.algorithm().element(), c.text()));
    return out.answer(200, headers);
  }
}
