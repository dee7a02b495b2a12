package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.kms.DataKeys;
import io.github.kmsrotation.testkit.s3.Encryption.Kind;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes, seals and opens data keys. Under SSE-KMS the embedded AWS KMS does it, with the encryption
 * context that S3 gives: the object's ARN, or the bucket's if there is a Bucket Key. Used under the
 * embedded AWS's lock.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html">Using
 *     server-side encryption with AWS KMS keys</a>
 */
final class Sealer {

  /** AWS speaks of a limited time in which S3 uses a Bucket Key for new objects. */
  private static final Duration BUCKET_KEY_TIME = Duration.ofMinutes(5);

  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY = 32;
  private static final int OWN = NONCE + KEY + TAG_BITS / Byte.SIZE;

  private final DataKeys kms;
  private final Timeline timeline;
  private final SecureRandom random = new SecureRandom();
  private final byte[] serviceKey = bytes(KEY);
  private final Map<BucketKeyName, BucketKey> bucketKeys = new HashMap<>();
  private final Map<ByteBuffer, byte[]> shared = new HashMap<>();
  private long numbers;

  private record BucketKeyName(String bucket, String keyArn, Map<String, String> context) {}

  private record BucketKey(DataKeys.DataKey key, Instant until) {}

  /** An object's encryption and its data key. */
  @SuppressWarnings("ArrayRecordComponent") // made for one call and compared with nothing
  record Sealed(Encryption encryption, byte[] dataKey) {
    ContentCipher cipher() {
      return ContentCipher.of(encryption.kind(), dataKey);
    }

    @Override
    public String toString() {
      return encryption.toString();
    }
  }

  /** Where an object is. */
  record Place(String region, String bucket, String key) {}

  Sealer(DataKeys kms, Timeline timeline) {
    this.kms = kms;
    this.timeline = timeline;
  }

  /** A new data key for a new object. */
  Sealed seal(EncryptionWish wish, Place place) {
    return switch (wish.kind()) {
      case NONE -> new Sealed(Encryption.none(), new byte[0]);
      case SSE_S3 -> ofS3();
      case SSE_C -> ofCustomer(wish.customerKey().orElseThrow());
      case SSE_KMS, DSSE_KMS ->
          underKms(
              wish.kind(),
              wish.keyId().orElse("alias/aws/s3"),
              wish.isBucketKey(),
              wish.context(),
              place,
              Optional.empty());
    };
  }

  private Sealed ofS3() {
    byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(numbers++).array();
    return new Sealed(Encryption.ofS3(number), ContentCipher.hmac(serviceKey, number));
  }

  private Sealed ofCustomer(CustomerKey customer) {
    byte[] dataKey = bytes(KEY);
    byte[] own = gcm(Cipher.ENCRYPT_MODE, customer.key(), bytes(NONCE), dataKey);
    return new Sealed(
        new Encryption(Kind.SSE_C, "", false, Map.of(), customer.md5(), new byte[0], own), dataKey);
  }

  /** Seals the data key of an object anew, under a KMS key, as no data is to move. */
  Encryption reseal(byte[] dataKey, String keyArn, boolean isBucketKey, Place place) {
    return underKms(Kind.SSE_KMS, keyArn, isBucketKey, Map.of(), place, Optional.of(dataKey))
        .encryption();
  }

  /** Seals the data key of an object anew for its replica, in the same way under another key. */
  Encryption resealLike(Encryption former, byte[] dataKey, String keyId, Place place) {
    return underKms(
            former.kind(),
            keyId,
            former.isBucketKey(),
            former.context(),
            place,
            Optional.of(dataKey))
        .encryption();
  }

  private Sealed underKms(
      Kind kind,
      String keyId,
      boolean isBucketKey,
      Map<String, String> context,
      Place place,
      Optional<byte[]> given) {
    Map<String, String> whole = context(place, isBucketKey, context);
    if (isBucketKey) {
      DataKeys.DataKey bucketKey = bucketKey(keyId, place, whole);
      byte[] dataKey = given.orElseGet(() -> bytes(KEY));
      byte[] own = gcm(Cipher.ENCRYPT_MODE, bucketKey.plaintext(), bytes(NONCE), dataKey);
      return new Sealed(
          new Encryption(
              kind, bucketKey.keyArn(), true, context, "", share(bucketKey.sealed()), own),
          dataKey);
    }
    DataKeys.DataKey key =
        kms(
            () ->
                given
                    .map(plaintext -> kms.seal(place.region(), keyId, plaintext, whole))
                    .orElseGet(() -> kms.generate(place.region(), keyId, whole)));
    int common = key.sealed().length - OWN;
    return new Sealed(
        new Encryption(
            kind,
            key.keyArn(),
            false,
            context,
            "",
            share(Arrays.copyOf(key.sealed(), common)),
            Arrays.copyOfRange(key.sealed(), common, key.sealed().length)),
        key.plaintext());
  }

  private static Map<String, String> context(
      Place place, boolean isBucketKey, Map<String, String> additional) {
    Map<String, String> whole = new TreeMap<>(additional);
    String bucket = "arn:aws:s3:::" + place.bucket();
    whole.put("aws:s3:arn", isBucketKey ? bucket : bucket + "/" + place.key());
    return whole;
  }

  private DataKeys.DataKey bucketKey(String keyId, Place place, Map<String, String> context) {
    BucketKeyName name = new BucketKeyName(place.bucket(), keyId, context);
    BucketKey known = bucketKeys.get(name);
    if (known != null && known.until().isAfter(timeline.now())) {
      kms(() -> kms.open(place.region(), known.key().sealed(), context));
      return known.key();
    }
    DataKeys.DataKey made = kms(() -> kms.generate(place.region(), keyId, context));
    bucketKeys.put(name, new BucketKey(made, timeline.now().plus(BUCKET_KEY_TIME)));
    return made;
  }

  /** Opens the data key of an object. */
  byte[] open(Encryption encryption, Place place, Optional<CustomerKey> customer) {
    return switch (encryption.kind()) {
      case NONE -> new byte[0];
      case SSE_S3 -> ContentCipher.hmac(serviceKey, encryption.own());
      case SSE_C -> openWith(customer.orElseThrow().key(), encryption);
      case SSE_KMS, DSSE_KMS -> openUnderKms(encryption, place);
    };
  }

  private byte[] openUnderKms(Encryption encryption, Place place) {
    Map<String, String> context = context(place, encryption.isBucketKey(), encryption.context());
    if (!encryption.isBucketKey()) {
      return kms(() -> kms.open(place.region(), encryption.sealed(), context));
    }
    return openWith(kms(() -> kms.open(place.region(), encryption.common(), context)), encryption);
  }

  private static byte[] openWith(byte[] key, Encryption encryption) {
    byte[] own = encryption.own();
    byte[] nonce = Arrays.copyOf(own, NONCE);
    return gcm(Cipher.DECRYPT_MODE, key, nonce, Arrays.copyOfRange(own, NONCE, own.length));
  }

  /** With the nonce before what is sealed. */
  private static byte[] gcm(int mode, byte[] key, byte[] nonce, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
      byte[] result = cipher.doFinal(data);
      if (mode == Cipher.DECRYPT_MODE) {
        return result;
      }
      return ByteBuffer.allocate(NONCE + result.length).put(nonce).put(result).array();
    } catch (AEADBadTagException e) {
      throw S3Errors.accessDenied("Access Denied");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T kms(Supplier<T> call) {
    try {
      return call.get();
    } catch (AwsError e) {
      throw e.code().equals("AccessDeniedException")
          ? S3Errors.accessDenied(e.text())
          : AwsError.badRequest("KMS." + e.code(), e.text());
    }
  }

  private byte[] share(byte[] bytes) {
    return shared.computeIfAbsent(ByteBuffer.wrap(bytes), b -> bytes);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
