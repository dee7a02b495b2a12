package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.kms.KmsService;
import io.github.kmsrotation.testkit.postgres.DataDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Everything that has an id, and what the operations on it share. */
final class Ec2Store {

  final String accountId;
  final Timeline timeline;
  final EbsKeys keys;
  final ClientTokens tokens = new ClientTokens();
  private final Map<String, Ec2Resource> resources = new LinkedHashMap<>();
  private final Map<Ec2Quota, Integer> limits = new EnumMap<>(Ec2Quota.class);
  private final Set<String> stuckOperations = new HashSet<>();
  private final PublicImages publicImages = new PublicImages(this);
  private Optional<Path> directory = Optional.empty();
  private int files;
  Guest guest = Guest.NOTHING;

  Ec2Store(String accountId, Timeline timeline, KmsService kms) {
    this.accountId = accountId;
    this.timeline = timeline;
    this.keys = new EbsKeys(kms);
  }

  Instant now() {
    return timeline.now().truncatedTo(ChronoUnit.MILLIS);
  }

  String newId(Kind kind) {
    return kind.prefix + "-" + UUID.randomUUID().toString().replace("-", "").substring(0, 17);
  }

  BlockData newData() {
    if (directory.isEmpty()) {
      try {
        directory = Optional.of(Files.createTempDirectory("embedded-aws-ec2"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new BlockData(directory.get().resolve("blocks-" + files++));
  }

  void neverFinish(String operation) {
    stuckOperations.add(operation);
  }

  /** Ends an operation later, unless a test said that it never ends. */
  void later(String operation, Duration takes, Runnable end) {
    if (!stuckOperations.contains(operation)) {
      timeline.after(takes, end);
    }
  }

  int limit(Ec2Quota quota) {
    return limits.getOrDefault(quota, quota.usual);
  }

  void limit(Ec2Quota quota, int most) {
    limits.put(quota, most);
  }

  <R extends Ec2Resource> R add(R resource) {
    resources.put(resource.id, resource);
    return resource;
  }

  void remove(Ec2Resource resource) {
    resources.remove(resource.id);
  }

  /** Everything of a class, whether it is found yet or not. */
  <R extends Ec2Resource> List<R> all(Class<R> type) {
    return resources.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** What a list shows. */
  <R extends Ec2Resource> List<R> in(String region, Class<R> type) {
    publicImages.bringTo(region);
    return all(type).stream()
        .filter(r -> r.region.equals(region) && timeline.hasPropagated(r.createdAt))
        .toList();
  }

  List<Ec2Resource> everythingIn(String region) {
    return in(region, Ec2Resource.class);
  }

  Ec2Resource find(Kind kind, String region, String id) {
    if (!kind.fits(id)) {
      throw AwsError.badRequest(
          kind.malformed, "Invalid id: \"" + id + "\" (expecting \"" + kind.prefix + "-...\")");
    }
    publicImages.bringTo(region);
    return Optional.ofNullable(resources.get(id))
        .filter(r -> r.region.equals(region) && timeline.hasPropagated(r.createdAt))
        .orElseThrow(
            () ->
                AwsError.badRequest(
                    kind.notFound, "The " + kind.tagType + " '" + id + "' does not exist."));
  }

  Volume volume(String region, String id) {
    return (Volume) find(Kind.VOLUME, region, id);
  }

  Snapshot snapshot(String region, String id) {
    return (Snapshot) find(Kind.SNAPSHOT, region, id);
  }

  Instance instance(String region, String id) {
    return (Instance) find(Kind.INSTANCE, region, id);
  }

  Image image(String region, String id) {
    return (Image) find(Kind.IMAGE, region, id);
  }

  /** The volumes that are attached to an instance, or about to be, or not to be. */
  List<Volume> volumesOf(Instance instance) {
    return all(Volume.class).stream()
        .filter(volume -> volume.attachmentTo(instance.id).isPresent())
        .toList();
  }

  List<Attachment> attachmentsOf(Instance instance) {
    return volumesOf(instance).stream()
        .flatMap(volume -> volume.attachmentTo(instance.id).stream())
        .toList();
  }

  /** An attachment is there from now on. */
  void attached(Volume volume, Attachment attachment) {
    attachment.status = "attached";
    keys.grant(accountId, volume, attachment);
  }

  /** An attachment is gone from now on. */
  void detached(Volume volume, Attachment attachment) {
    guest.detached(attachment.instanceId, volume.id);
    keys.retire(volume, attachment);
    attachment.status = "detached";
    volume.attachments.remove(attachment);
    if (volume.attachments.isEmpty() && volume.is("in-use")) {
      volume.status = "available";
    }
  }

  /** For tests, which see what is not found yet. */
  Ec2Resource any(String id) {
    return Optional.ofNullable(resources.get(id))
        .orElseThrow(() -> new IllegalArgumentException("There is no " + id));
  }

  void close() {
    directory.ifPresent(DataDirectories::delete);
  }
}
