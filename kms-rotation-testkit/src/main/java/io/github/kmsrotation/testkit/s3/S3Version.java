package io.github.kmsrotation.testkit.s3;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A version of an object, or a delete marker, and the older ones behind it. Small, since there may
 * be a million. Used under the lock, but for what is final.
 */
final class S3Version {

  static final String NULL_ID = "null";

  final String id;
  final boolean isDeleteMarker;
  final long modifiedSecond;
  final long size;
  final byte[] digest;
  final int partsCount;
  final List<Blob> blobs;
  final ObjectHeaders headers;
  final StorageClass storageClass;
  final @Nullable ObjectChecksum checksum;
  final List<PartInfo> parts;
  final @Nullable String redirect;
  Encryption encryption;
  Map<String, String> tags;
  @Nullable Acl acl;
  @Nullable Retention retention;
  boolean isOnLegalHold;
  @Nullable Restoration restoration;
  @Nullable ReplicationStatus replication;
  @Nullable S3Version older;

  private S3Version(Builder builder, String id, Instant modified) {
    this.id = id;
    this.isDeleteMarker = false;
    this.modifiedSecond = modified.getEpochSecond();
    this.size = builder.blobs.stream().mapToLong(Blob::length).sum();
    this.digest = builder.digest;
    this.partsCount = builder.partsCount;
    this.blobs = List.copyOf(builder.blobs);
    this.headers = builder.headers;
    this.storageClass = builder.storageClass;
    this.checksum = builder.checksum.orElse(null);
    this.parts = List.copyOf(builder.parts);
    this.redirect = builder.redirect.orElse(null);
    this.encryption = builder.encryption;
    this.tags = Map.copyOf(builder.tags);
    this.acl = builder.acl.orElse(null);
    this.retention = builder.retention.orElse(null);
    this.isOnLegalHold = builder.isOnLegalHold;
  }

  private S3Version(String id, Instant modified) {
    this.id = id;
    this.isDeleteMarker = true;
    this.modifiedSecond = modified.getEpochSecond();
    this.size = 0;
    this.digest = new byte[0];
    this.partsCount = 0;
    this.blobs = List.of();
    this.headers = new ObjectHeaders(Map.of(), Map.of());
    this.storageClass = StorageClass.STANDARD;
    this.checksum = null;
    this.parts = List.of();
    this.redirect = null;
    this.encryption = Encryption.none();
    this.tags = Map.of();
  }

  static S3Version deleteMarker(String id, Instant modified) {
    return new S3Version(id, modified);
  }

  Instant modified() {
    return Instant.ofEpochSecond(modifiedSecond);
  }

  String etag() {
    String hex = HexFormat.of().formatHex(digest);
    return "\"" + (partsCount == 0 ? hex : hex + "-" + partsCount) + "\"";
  }

  Optional<ObjectChecksum> checksum() {
    return Optional.ofNullable(checksum);
  }

  boolean isRetained(Instant now) {
    Retention period = retention;
    return isOnLegalHold || (period != null && period.isActive(now));
  }

  void release() {
    BlobReader.letGo(blobs);
  }

  @Override
  public String toString() {
    return id + (isDeleteMarker ? " (delete marker)" : " " + size + " bytes, " + encryption);
  }

  /** What a new version is made of. Not safe for use by several threads. */
  static final class Builder {

    byte[] digest = {};
    int partsCount;
    List<Blob> blobs = List.of();
    ObjectHeaders headers = new ObjectHeaders(Map.of(), Map.of());
    StorageClass storageClass = StorageClass.STANDARD;
    Optional<ObjectChecksum> checksum = Optional.empty();
    List<PartInfo> parts = List.of();
    Optional<String> redirect = Optional.empty();
    Encryption encryption = Encryption.none();
    Map<String, String> tags = Map.of();
    Optional<Acl> acl = Optional.empty();
    Optional<Retention> retention = Optional.empty();
    boolean isOnLegalHold;

    S3Version build(String id, Instant modified) {
      return new S3Version(this, id, modified);
    }
  }
}
