package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a request states of its body - length, MD5 digest, checksum in a header or a trailer - and
 * whether the body is so. Not safe for use by several threads.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">Checking
 *     object integrity for data uploads</a>
 */
final class Integrity {

  private static final int BUFFER = 64 * 1024;

  private final InputStream body;
  private final Optional<AwsChunkedStream> chunked;
  private final Optional<byte[]> statedMd5;
  private final Optional<Long> statedLength;
  private final Optional<ChecksumAlgorithm> algorithm;
  private final Optional<byte[]> value;
  private final Map<ChecksumAlgorithm, Digester> digesters = new EnumMap<>(ChecksumAlgorithm.class);
  private Optional<Digester> md5 = Optional.empty();
  private Optional<byte[]> md5Result = Optional.empty();
  private final Map<ChecksumAlgorithm, byte[]> finished = new EnumMap<>(ChecksumAlgorithm.class);

  private Integrity(S3Request request) {
    boolean isChunked = request.header("x-amz-content-sha256").orElse("").startsWith("STREAMING-");
    this.chunked =
        isChunked ? Optional.of(new AwsChunkedStream(request.rest().body())) : Optional.empty();
    this.body = chunked.<InputStream>map(s -> s).orElse(request.rest().body());
    this.statedLength =
        request
            .header(isChunked ? "x-amz-decoded-content-length" : "Content-Length")
            .map(Integrity::number);
    this.statedMd5 = request.header("Content-MD5").map(Integrity::md5);
    Optional<String> inHeader = header(request);
    Optional<String> trailer = request.header("x-amz-trailer");
    this.algorithm =
        inHeader
            .or(() -> trailer)
            .map(name -> name.toLowerCase(Locale.ROOT))
            .filter(name -> name.startsWith("x-amz-checksum-"))
            .map(name -> ChecksumAlgorithm.parse(name.substring("x-amz-checksum-".length())));
    this.value = inHeader.flatMap(request::header).map(this::decoded);
    algorithm.ifPresent(a -> digesters.put(a, Digester.of(a)));
    requireChecksumOf(request);
  }

  static Integrity of(S3Request request) {
    return new Integrity(request);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw AwsError.badRequest("InvalidArgument", "A length is not a number: " + text);
    }
  }

  private static byte[] md5(String text) {
    try {
      byte[] digest = Base64.getDecoder().decode(text);
      if (digest.length == 16) {
        return digest;
      }
    } catch (IllegalArgumentException e) {
      // told below, as for one of another length
    }
    throw AwsError.badRequest("InvalidDigest", "The Content-MD5 you specified was invalid.");
  }

  private static Optional<String> header(S3Request request) {
    Optional<String> found = Optional.empty();
    for (String name : request.rest().headers().keySet()) {
      String lower = name.toLowerCase(Locale.ROOT);
      boolean isChecksum =
          lower.startsWith("x-amz-checksum-")
              && !lower.endsWith("-algorithm")
              && !lower.endsWith("-type")
              && !lower.endsWith("-mode");
      if (isChecksum) {
        if (found.isPresent()) {
          throw S3Errors.invalidRequest(
              "Expecting a single x-amz-checksum- header. Multiple checksum Types are not"
                  + " allowed.");
        }
        found = Optional.of(lower);
      }
    }
    return found;
  }

  /** An SDK that names an algorithm sends a checksum, too. */
  private void requireChecksumOf(S3Request request) {
    Optional<String> named = request.header("x-amz-sdk-checksum-algorithm");
    if (named.isPresent() && algorithm.isEmpty()) {
      ChecksumAlgorithm.parse(named.get());
      throw S3Errors.invalidRequest(
          "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or"
              + " x-amz-trailer headers were found.");
    }
  }

  private byte[] decoded(String text) {
    ChecksumAlgorithm of = algorithm.orElseThrow();
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length == of.length()) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // told below, as for one of another length
    }
    throw S3Errors.invalidRequest("Value for " + of.header() + " header is invalid.");
  }

  boolean isStated() {
    return algorithm.isPresent() || statedMd5.isPresent();
  }

  Optional<ChecksumAlgorithm> algorithm() {
    return algorithm;
  }

  Optional<Long> length() {
    return statedLength;
  }

  /** Computes a checksum that nobody stated, too. */
  Integrity alsoComputing(ChecksumAlgorithm another) {
    digesters.computeIfAbsent(another, Digester::of);
    return this;
  }

  Integrity withMd5() {
    md5 = Optional.of(Digester.md5());
    return this;
  }

  /** Reads the body, and fails if it is not as stated. */
  void read(OutputStream out, long most) throws IOException {
    if (statedMd5.isPresent()) {
      withMd5();
    }
    long length = copy(out, most);
    if (statedLength.isPresent() && statedLength.get() != length) {
      throw AwsError.badRequest(
          "IncompleteBody",
          "You did not provide the number of bytes specified by the Content-Length HTTP header");
    }
    md5Result = md5.map(Digester::finish);
    if (statedMd5.isPresent() && !Arrays.equals(statedMd5.get(), md5Result.orElseThrow())) {
      throw S3Errors.badDigest("The Content-MD5 you specified did not match what we received.");
    }
    if (algorithm.isPresent()) {
      requireChecksum(algorithm.get());
    }
  }

  private long copy(OutputStream out, long most) throws IOException {
    byte[] buffer =
        new byte[(int) Math.max(1024, Math.min(statedLength.orElse((long) BUFFER), BUFFER))];
    long length = 0;
    int read = body.read(buffer);
    while (read >= 0) {
      length += read;
      if (length > most) {
        throw AwsError.badRequest(
            "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
      }
      for (Digester digester : digesters.values()) {
        digester.update(buffer, 0, read);
      }
      if (md5.isPresent()) {
        md5.get().update(buffer, 0, read);
      }
      out.write(buffer, 0, read);
      read = body.read(buffer);
    }
    return length;
  }

  private void requireChecksum(ChecksumAlgorithm stated) {
    byte[] expected = value.orElseGet(() -> fromTrailer(stated));
    byte[] computed = checksum(stated);
    if (!Arrays.equals(expected, computed)) {
      throw S3Errors.badDigest(
          "The " + stated + " you specified did not match the calculated checksum.");
    }
  }

  private byte[] fromTrailer(ChecksumAlgorithm stated) {
    return chunked
        .flatMap(stream -> Optional.ofNullable(stream.trailers().get(stated.header())))
        .map(this::decoded)
        .orElseThrow(
            () ->
                AwsError.badRequest(
                    "MalformedTrailerError", "The trailer " + stated.header() + " is missing."));
  }

  /** After {@link #read}: a checksum that was stated or asked for. */
  byte[] checksum(ChecksumAlgorithm of) {
    Digester digester = digesters.get(of);
    if (digester == null) {
      throw new IllegalStateException(of + " was not asked for");
    }
    return finished.computeIfAbsent(of, a -> digester.finish());
  }

  /** After {@link #read}: the MD5 digest, if it was computed. */
  Optional<byte[]> md5Digest() {
    return md5Result;
  }
}
