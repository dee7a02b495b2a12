package io.github.kmsrotation.s3;

import io.github.kmsrotation.s3.Finding.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/**
 * Fills a bucket with versions of every kind, seeded: all encryption kinds, versions and delete
 * markers, versions from before versioning, tags, ACLs, metadata and headers, storage classes,
 * checksums, Object Lock, every legal key, empty and larger than one call copies. It knows what a
 * rotation that rewrites nothing has to say of each that it cannot move.
 */
final class EveryKind {

  static final byte[] CUSTOMER_KEY = new byte[32];
  private static final String READER =
      "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

  /** What the keys begin with of those that are alike. */
  static final String MANY = "many/";

  private static final long GIB = 1L << 30;

  /** Each is legal, and each has broken a tool that took it for a path, a URL or a line. */
  static final List<String> ODD_KEYS =
      List.of(
          "..",
          ".",
          "a/../b",
          "../up",
          "a/./b",
          "//",
          "/leading",
          "a//b",
          "///",
          "trailing ",
          " leading blank",
          "folder/",
          "a b+c%20d&e=f?g#h",
          "quote\"'`,;|",
          "<xml>&amp;",
          "back\\slash",
          "tab\tline\nreturn\r",
          "control\u0001\u001f\u007f",
          "emoji-\uD83D\uDE80-\uD83C\uDDEA\uD83C\uDDFA",
          "ümläut-é-é",
          "日本語/キー",
          "(!*'$@:~^[]{})",
          "%2F%2f%00",
          "\u200bzero-width",
          "x".repeat(1024),
          "é".repeat(512),
          "\uFFFD",
          "kms-rotation-canary-not-ours");

  private final S3World world;
  private final Random random = new Random(20_261_124);
  private final Map<String, Verdict> left = new ConcurrentHashMap<>();
  private final Instant lockedUntil;

  EveryKind(S3World world) {
    this.world = world;
    this.lockedUntil = world.aws.clock().instant().plus(Duration.ofDays(30));
  }

  /** What is to be said of each that is left, by key and version. */
  Map<String, Verdict> left() {
    return left;
  }

  static String name(String key, String versionId) {
    return key + "\n" + versionId;
  }

  /** At least so many versions. */
  void fill(int versions) {
    allowEverything();
    plantUnversioned();
    world.enableVersioning();
    world.s3.putObjectLockConfiguration(
        r -> r.bucket(S3World.BUCKET).objectLockConfiguration(c -> c.objectLockEnabled("Enabled")));
    plantLarge();
    List<Runnable> puts = new ArrayList<>();
    ODD_KEYS.forEach(key -> puts.add(() -> put(key, 0)));
    int varied = versions / 2;
    for (int i = 0; i < varied; i++) {
      String key = "kinds/%05d".formatted(i * 4 / 5);
      int kind = random.nextInt(1 << 20);
      puts.add(() -> put(key, kind));
    }
    Together.run(puts);
    for (int i = 0; i < versions - varied; i++) {
      world.aws.s3().plantZeros(S3World.BUCKET, MANY + "%05d".formatted(i), random.nextInt(2_000));
    }
    for (int i = 0; i < 100; i++) {
      String key = "kinds/%05d".formatted(random.nextInt(varied / 2));
      world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key(key));
    }
  }

  private void allowEverything() {
    world.setRule(
        rule ->
            rule.applyServerSideEncryptionByDefault(
                    e -> e.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(world.oldKey))
                .blockedEncryptionTypes(b -> b.encryptionTypeWithStrings("NONE")));
    world.s3.putBucketOwnershipControls(
        r ->
            r.bucket(S3World.BUCKET)
                .ownershipControls(
                    c ->
                        c.rules(
                            OwnershipControlsRule.builder()
                                .objectOwnership(ObjectOwnership.OBJECT_WRITER)
                                .build())));
  }

  private void plantUnversioned() {
    world.put("kinds/00000");
    world.put("before-versions");
    for (int i = 0; i < 20; i++) {
      world.plantUnencrypted("plain/" + i);
      left.put(name("plain/" + i, "null"), Verdict.UNENCRYPTED);
    }
  }

  private void plantLarge() {
    world.aws.s3().plantZeros(S3World.BUCKET, "large/5-gib", 5 * GIB);
    world.aws.s3().plantZeros(S3World.BUCKET, "large/5-gib-and-1", 5 * GIB + 1);
    world.aws.s3().plantZeros(S3World.BUCKET, "large/40-gib", 40 * GIB);
  }

  private void put(String key, int kind) {
    PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(S3World.BUCKET).key(key);
    byte[] content =
        kind % 13 == 1
            ? new byte[0]
            : ("content " + kind + " of " + key).getBytes(StandardCharsets.UTF_8);
    Verdict verdict = Verdict.MOVED;
    for (Consumer<PutObjectRequest.Builder> trait : traits(kind)) {
      trait.accept(request);
    }
    switch (kind / 7 % 8) {
      case 1 -> request.serverSideEncryption(ServerSideEncryption.AES256);
      case 2 ->
          request
              .serverSideEncryption(ServerSideEncryption.AWS_KMS)
              .bucketKeyEnabled(true)
              .ssekmsKeyId(world.oldKey);
      case 3 ->
          request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(world.newKey);
      case 4 -> request.serverSideEncryption(ServerSideEncryption.AWS_KMS); // the AWS managed key
      case 5 -> {
        request.serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE).ssekmsKeyId(world.oldKey);
        verdict = Verdict.DSSE_KMS;
      }
      case 6 -> {
        request
            .sseCustomerAlgorithm("AES256")
            .sseCustomerKey(customerKey())
            .sseCustomerKeyMD5(customerKeyMd5());
        verdict = Verdict.SSE_C;
      }
      default -> {} // the bucket's default
    }
    boolean isUnderNewKey = kind / 7 % 8 == 3;
    boolean isLocked = lock(request, kind / 3 % 12);
    if (isLocked && verdict == Verdict.MOVED && !isUnderNewKey) {
      verdict = Verdict.OBJECT_LOCK;
    }
    String version =
        world.s3.putObject(request.build(), RequestBody.fromBytes(content)).versionId();
    if (verdict != Verdict.MOVED) {
      left.put(name(key, version), verdict);
    }
  }

  private static List<Consumer<PutObjectRequest.Builder>> traits(int kind) {
    List<Consumer<PutObjectRequest.Builder>> traits = new ArrayList<>();
    if (kind % 5 == 1) {
      traits.add(r -> r.tagging("owner=Zo%C3%AB&empty=&n=" + kind));
    }
    if (kind % 6 == 1) {
      traits.add(
          r -> r.metadata(Map.of("owner", "Zoë \uD83D\uDE80", "blank", "a  b", "n", "" + kind)));
    }
    if (kind % 7 == 1) {
      traits.add(r -> r.grantRead("id=\"" + READER + "\""));
    }
    if (kind % 8 == 1) {
      traits.add(
          r ->
              r.contentType("text/x-odd; charset=utf-8")
                  .contentEncoding("x-none")
                  .contentDisposition("attachment; filename=\"a.txt\"")
                  .contentLanguage("de")
                  .cacheControl("max-age=" + kind)
                  .expires(Instant.parse("2030-01-01T00:00:00Z"))
                  .websiteRedirectLocation("/elsewhere/" + kind));
    }
    List<StorageClass> classes =
        List.of(
            StorageClass.STANDARD_IA,
            StorageClass.ONEZONE_IA,
            StorageClass.INTELLIGENT_TIERING,
            StorageClass.GLACIER_IR,
            StorageClass.GLACIER,
            StorageClass.DEEP_ARCHIVE);
    if (kind % 9 < classes.size()) {
      traits.add(r -> r.storageClass(kind == 0 ? StorageClass.STANDARD : classes.get(kind % 9)));
    }
    List<ChecksumAlgorithm> checksums =
        List.of(
            ChecksumAlgorithm.CRC32,
            ChecksumAlgorithm.CRC32_C,
            ChecksumAlgorithm.SHA1,
            ChecksumAlgorithm.SHA256,
            ChecksumAlgorithm.CRC64_NVME);
    if (kind % 10 < 4) {
      traits.add(r -> r.checksumAlgorithm(checksums.get(kind % 10)));
    }
    return traits;
  }

  private boolean lock(PutObjectRequest.Builder request, int kind) {
    switch (kind) {
      case 1 ->
          request.objectLockMode(ObjectLockMode.GOVERNANCE).objectLockRetainUntilDate(lockedUntil);
      case 2 ->
          request.objectLockMode(ObjectLockMode.COMPLIANCE).objectLockRetainUntilDate(lockedUntil);
      case 3 -> request.objectLockLegalHoldStatus(ObjectLockLegalHoldStatus.ON);
      default -> {
        return false;
      }
    }
    return true;
  }

  static String customerKey() {
    return Base64.getEncoder().encodeToString(CUSTOMER_KEY);
  }

  static String customerKeyMd5() {
    try {
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("MD5").digest(CUSTOMER_KEY));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
