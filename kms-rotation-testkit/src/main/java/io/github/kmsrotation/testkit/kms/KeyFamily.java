package io.github.kmsrotation.testkit.kms;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What related multi-Region keys share: id, material and rotation. A single-Region key is a family
 * of one. Used under the embedded AWS's lock.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html">Multi-Region
 *     keys</a>
 */
final class KeyFamily {

  final String id;
  final KeyForm form;
  String primaryRegion;

  /** Materials that belong to the keys for good, the current one last. */
  final List<Material> materials = new ArrayList<>();

  /** Imported material that waits for its rotation. */
  Optional<Material> pending = Optional.empty();

  Optional<Integer> rotationPeriod = Optional.empty();
  Optional<Instant> nextRotation = Optional.empty();
  Optional<Instant> onDemandSince = Optional.empty();

  private final Map<String, KmsKey> members = new TreeMap<>();

  KeyFamily(String id, KeyForm form, String primaryRegion, Instant createdAt) {
    this.id = id;
    this.form = form;
    this.primaryRegion = primaryRegion;
    if (!form.isExternal()) {
      materials.add(Material.generate(form.spec(), createdAt, ""));
    }
  }

  void join(KmsKey key) {
    members.put(key.region, key);
  }

  void leave(KmsKey key) {
    members.remove(key.region);
  }

  List<KmsKey> members() {
    return List.copyOf(members.values());
  }

  Optional<KmsKey> member(String region) {
    return Optional.ofNullable(members.get(region));
  }

  KmsKey primary() {
    return member(primaryRegion).orElseThrow();
  }

  List<KmsKey> replicas() {
    return members().stream().filter(key -> !key.isPrimary()).toList();
  }

  Material current() {
    return materials.get(materials.size() - 1);
  }

  /** Material that belongs to the keys or is pending. */
  Optional<Material> material(String materialId) {
    return all().stream().filter(m -> m.id().equals(materialId)).findFirst();
  }

  List<Material> all() {
    List<Material> all = new ArrayList<>(materials);
    pending.ifPresent(all::add);
    return all;
  }

  /** CURRENT, NON_CURRENT, or what a pending material waits for. */
  String stateOf(Material material) {
    if (pending.equals(Optional.of(material))) {
      return members.values().stream().allMatch(key -> key.imports.has(material.id()))
          ? "PENDING_ROTATION"
          : "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";
    }
    return material.equals(current()) ? "CURRENT" : "NON_CURRENT";
  }

  void schedule(int periodInDays, Instant now) {
    rotationPeriod = Optional.of(periodInDays);
    nextRotation = Optional.of(now.plus(Duration.ofDays(periodInDays)));
  }

  void unschedule() {
    rotationPeriod = Optional.empty();
    nextRotation = Optional.empty();
  }

  /** Rotates as often as the schedule says up to now. A disabled key rotates once enabled again. */
  void rotateWhatIsDue(Instant now) {
    while (rotationPeriod.isPresent()
        && nextRotation.isPresent()
        && !nextRotation.get().isAfter(now)
        && member(primaryRegion).map(key -> key.state().isUsable()).orElse(false)) {
      materials.add(Material.generate(form.spec(), nextRotation.get(), "AUTOMATIC"));
      nextRotation = Optional.of(nextRotation.get().plus(Duration.ofDays(rotationPeriod.get())));
    }
  }

  void rotateOnDemand(Instant now) {
    if (form.isExternal()) {
      pending.ifPresent(material -> materials.add(material.rotatedIn(now)));
      pending = Optional.empty();
    } else {
      materials.add(Material.generate(form.spec(), now, "ON_DEMAND"));
    }
    onDemandSince = Optional.empty();
    members.values().forEach(KmsKey::materialChanged);
  }

  long onDemandRotations() {
    return materials.stream().filter(m -> m.rotationType().equals("ON_DEMAND")).count();
  }
}
