package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.Ec2Protocol;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.WireProtocol;
import io.github.kmsrotation.testkit.kms.KmsService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The embedded EC2. Used under the embedded AWS's lock. */
public final class Ec2Service implements AwsService, AutoCloseable {

  private final WireProtocol protocol = new Ec2Protocol();
  private final Ec2Store store;
  private final LaunchTemplates templates;
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  /**
   * @param accountId the account of all resources
   * @param timeline what happens later
   * @param kms the keys
   * @param requestRates whether calls beyond AWS's default rates are throttled
   */
  public Ec2Service(String accountId, Timeline timeline, KmsService kms, boolean requestRates) {
    this.store = new Ec2Store(accountId, timeline, kms);
    VolumeMaker maker = new VolumeMaker(store);
    new VolumeOperations(store, maker).define(operations);
    new AttachmentOperations(store).define(operations);
    new ModificationOperations(store, maker).define(operations);
    new VolumeStatusOperations(store).define(operations);
    new EbsDefaultOperations(store.keys).define(operations);
    SnapshotMaker snapshots = new SnapshotMaker(store);
    new SnapshotOperations(store, snapshots).define(operations);
    SnapshotCopies copies = new SnapshotCopies(store, snapshots);
    copies.define(operations);
    new ImageOperations(store, snapshots).define(operations);
    new ImageCopies(store, copies).define(operations);
    new ImageCreation(store, snapshots).define(operations);
    this.templates = new LaunchTemplates(store);
    new LaunchTemplateOperations(store, templates).define(operations);
    new FastRestoreOperations(store).define(operations);
    new InstanceLaunch(store, maker, templates).define(operations);
    new InstanceStateOperations(store, maker).define(operations);
    new InstanceOperations(store).define(operations);
    new InstanceAttributeOperations(store).define(operations);
    new SharingOperations(store).define(operations);
    new CreditOperations(store).define(operations);
    new RootTaskOperations(store, maker).define(operations);
    new TagOperations(store).define(operations);
    if (requestRates) {
      operations.replaceAll(new RequestRates(timeline)::limited);
    }
  }

  @Override
  public String name() {
    return "ec2";
  }

  @Override
  public WireProtocol protocol() {
    return protocol;
  }

  @Override
  public Map<String, Operation> operations() {
    return operations;
  }

  /**
   * For tests.
   *
   * @return state of every volume by id
   */
  public Map<String, String> volumeStates() {
    Map<String, String> states = new TreeMap<>();
    store.all(Volume.class).forEach(volume -> states.put(volume.id, volume.status));
    return states;
  }

  /**
   * For tests.
   *
   * @return state of every snapshot of the account by id
   */
  public Map<String, String> snapshotStates() {
    Map<String, String> states = new TreeMap<>();
    store.all(Snapshot.class).stream()
        .filter(snapshot -> snapshot.ownerId.equals(store.accountId))
        .forEach(snapshot -> states.put(snapshot.id, snapshot.status));
    return states;
  }

  /**
   * For tests.
   *
   * @return state of every instance by id
   */
  public Map<String, String> instanceStates() {
    Map<String, String> states = new TreeMap<>();
    store.all(Instance.class).forEach(instance -> states.put(instance.id, instance.state.wire));
    return states;
  }

  /**
   * For tests.
   *
   * @param id a volume or a snapshot
   * @param offset where to begin
   * @param length how many bytes
   * @return what is there; zeros where nothing was written
   * @throws IllegalArgumentException if there is no such volume or snapshot, or not so many bytes
   */
  public byte[] read(String id, long offset, int length) {
    Ec2Resource resource = store.any(id);
    if (resource instanceof Snapshot snapshot) {
      checkRange(id, snapshot.sizeGib, offset, length);
      return snapshot.data.read(offset, length);
    }
    Volume volume = volume(id);
    checkRange(id, volume.settings.sizeGib(), offset, length);
    return volume.data.read(offset, length);
  }

  /**
   * For tests.
   *
   * @param volumeId a volume
   * @param offset where to begin
   * @param bytes what to write
   * @throws IllegalArgumentException if there is no such volume, or it is too small
   */
  public void write(String volumeId, long offset, byte[] bytes) {
    Volume volume = volume(volumeId);
    checkRange(volumeId, volume.settings.sizeGib(), offset, bytes.length);
    volume.data.write(offset, bytes);
  }

  private Volume volume(String id) {
    if (store.any(id) instanceof Volume volume) {
      return volume;
    }
    throw new IllegalArgumentException(id + " is not a volume");
  }

  private static void checkRange(String id, int sizeGib, long offset, int length) {
    if (offset < 0 || length < 0 || offset + length > (long) sizeGib << 30) {
      throw new IllegalArgumentException(
          length + " bytes at " + offset + " are beyond " + id + " of " + sizeGib + " GiB");
    }
  }

  /**
   * For tests.
   *
   * @param volumeId becomes {@code error}, as a volume does that EBS lost
   */
  public void breakVolume(String volumeId) {
    volume(volumeId).status = "error";
  }

  /**
   * For tests.
   *
   * @param snapshotId becomes {@code error}, as a snapshot does that could not be finished
   */
  public void breakSnapshot(String snapshotId) {
    if (!(store.any(snapshotId) instanceof Snapshot snapshot)) {
      throw new IllegalArgumentException(snapshotId + " is not a snapshot");
    }
    snapshot.status = "error";
  }

  /**
   * For tests.
   *
   * @param volumeId gets a product code of AWS Marketplace
   * @param productCode the code
   */
  public void sell(String volumeId, String productCode) {
    volume(volumeId).productCodes.add(productCode);
  }

  /**
   * For tests.
   *
   * @param id a volume or an instance
   * @param principal the service that manages it from now on
   */
  public void manage(String id, String principal) {
    store.any(id).managedBy = Optional.of(principal);
  }

  /**
   * For tests.
   *
   * @param id of whatever has an id here
   * @param key of a tag that only AWS can set
   * @param value its value
   */
  public void tagAsAws(String id, String key, String value) {
    if (!key.startsWith("aws:")) {
      throw new IllegalArgumentException("That anybody can set, by CreateTags: " + key);
    }
    store.any(id).tags.put(key, value);
  }

  /**
   * For tests.
   *
   * @param instanceId gets an Elastic IP address at its primary network interface
   * @param address the address
   */
  public void associateElasticIp(String instanceId, String address) {
    instance(instanceId)
        .interfaces
        .get(0)
        .put("association", Map.of("ipOwnerId", store.accountId, "publicIp", address));
  }

  /**
   * For tests.
   *
   * @param instanceId gets one more network interface
   */
  public void attachInterface(String instanceId) {
    Instance instance = instance(instanceId);
    Map<String, Object> another = new LinkedHashMap<>(instance.interfaces.get(0));
    another.put("networkInterfaceId", "eni-0a0b0c0d0e0f01234");
    another.put("attachment", Map.of("deviceIndex", 1, "status", "attached"));
    another.remove("association");
    instance.interfaces.add(another);
  }

  private Instance instance(String id) {
    if (store.any(id) instanceof Instance instance) {
      return instance;
    }
    throw new IllegalArgumentException(id + " is not an instance");
  }

  /**
   * How another service sees an instance.
   *
   * @param region the service's Region
   * @param id the instance
   * @return its state; empty if it is not there
   */
  public Optional<String> instanceState(String region, String id) {
    return store.in(region, Instance.class).stream()
        .filter(instance -> instance.id.equals(id))
        .map(instance -> instance.state.wire)
        .findFirst();
  }

  /**
   * For tests.
   *
   * @param keyArn a key that EBS may not use from now on
   */
  public void denyKey(String keyArn) {
    store.keys.deny(keyArn);
  }

  /**
   * For tests.
   *
   * @param volumeId no task can attach it: the instance is left without a root volume
   */
  public void failRootTaskDetached(String volumeId) {
    volume(volumeId).failsRootTask = true;
  }

  /** For tests: a copy of an encrypted volume is under its key from now on, whatever is asked. */
  public void keepKeysOfVolumeCopies() {
    store.keys.keepKeysOfVolumeCopies();
  }

  /**
   * For tests.
   *
   * @param quota which one
   * @param most its value from now on, in every Region
   */
  public void limit(Ec2Quota quota, int most) {
    store.limit(quota, most);
  }

  /**
   * For tests.
   *
   * @param region a Region
   * @param architecture {@code x86_64} or {@code arm64}
   * @return a public AMI with an unencrypted EBS root volume
   */
  public static String ebsImage(String region, String architecture) {
    return PublicImages.ebsBacked(region, architecture);
  }

  /**
   * For tests.
   *
   * @param region a Region
   * @return a public AMI whose root device is an instance store volume, for x86_64
   */
  public static String instanceStoreImage(String region) {
    return PublicImages.instanceStoreBacked(region);
  }

  /**
   * For tests.
   *
   * @param operation whatever it begins from now on stays under way
   */
  public void neverFinish(String operation) {
    store.neverFinish(operation);
  }

  /**
   * What another service says of a launch template.
   *
   * @param id its id
   * @param name its name
   */
  public record TemplateName(String id, String name) {}

  /**
   * A launch template that another service is told of, by id or by name.
   *
   * @param region the service's Region
   * @param id its id, or empty
   * @param name its name, or empty
   * @param version a version, which has to be there
   * @return its id and name
   * @throws io.github.kmsrotation.testkit.http.AwsError if there is no such template or version
   */
  public TemplateName launchTemplate(
      String region, Optional<String> id, Optional<String> name, String version) {
    LaunchTemplate template =
        id.map(i -> templates.byId(region, i))
            .orElseGet(() -> templates.byName(region, name.orElse("")));
    LaunchTemplates.version(template, version);
    return new TemplateName(template.id, template.name);
  }

  /**
   * Where an instance is that another service is told of.
   *
   * @param region the service's Region
   * @param id the instance
   * @return its Availability Zone
   * @throws io.github.kmsrotation.testkit.http.AwsError if there is no such instance
   */
  public String instanceZone(String region, String id) {
    return store.instance(region, id).zone;
  }

  /**
   * Has another service tag an instance.
   *
   * @param region the service's Region
   * @param id the instance
   * @param key a key that begins with {@code aws:}
   * @param value its value; empty takes the tag away
   * @throws io.github.kmsrotation.testkit.http.AwsError if there is no such instance
   */
  public void tagInstance(String region, String id, String key, Optional<String> value) {
    Map<String, String> tags = store.instance(region, id).tags;
    tags.remove(key);
    value.ifPresent(v -> tags.put(key, v));
  }

  /**
   * Has something run on the instances.
   *
   * @param guest what
   */
  public void setGuest(Guest guest) {
    store.guest = guest;
  }

  /**
   * The instances of a Region, as their operating systems know them.
   *
   * @param region the Region
   * @return all that are found
   */
  public List<GuestInstance> guests(String region) {
    return store.in(region, Instance.class).stream()
        .map(
            instance ->
                new GuestInstance(
                    instance.id,
                    instance.region,
                    instance.is(InstanceState.RUNNING),
                    instance.launchedAt,
                    instance.type.isNitro,
                    instance.settings.containsKey("iamInstanceProfile")))
        .toList();
  }

  /**
   * The volumes that the operating system of an instance sees.
   *
   * @param instanceId an instance
   * @return in the order in which they were attached
   */
  public List<GuestInstance.Disk> disks(String instanceId) {
    return store.all(Volume.class).stream()
        .flatMap(
            volume ->
                volume.attachmentTo(instanceId).stream()
                    .filter(a -> !a.status.equals("attaching") && !a.status.equals("detached"))
                    .map(
                        a ->
                            new GuestInstance.Disk(
                                volume.id,
                                a.device,
                                volume.data.open((long) volume.settings.sizeGib() << 30))))
        .toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
