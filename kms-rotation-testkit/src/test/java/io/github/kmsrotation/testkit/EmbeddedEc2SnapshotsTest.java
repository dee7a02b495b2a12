package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.testkit.ec2.Ec2Quota;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CopySnapshotRequest;
import software.amazon.awssdk.services.ec2.model.DescribeFastSnapshotRestoreSuccessItem;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.SnapshotInfo;
import software.amazon.awssdk.services.ec2.model.VolumeStatusItem;

/** Snapshots: what they hold, how they are copied, restored and deleted, and their quotas. */
class EmbeddedEc2SnapshotsTest extends Ec2Fixture {

  private String begin(String volume) {
    return ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
  }

  private String snapshot(String volume) {
    String id = begin(volume);
    settle();
    return id;
  }

  private Snapshot see(String id) {
    return ec2.describeSnapshots(r -> r.snapshotIds(id)).snapshots().get(0);
  }

  private String beginCopy(String source, Consumer<CopySnapshotRequest.Builder> settings) {
    return ec2.copySnapshot(
            r -> {
              r.sourceRegion(aws.region()).destinationRegion(aws.region()).sourceSnapshotId(source);
              settings.accept(r);
            })
        .snapshotId();
  }

  private String copy(String source, Consumer<CopySnapshotRequest.Builder> settings) {
    String id = beginCopy(source, settings);
    settle();
    return id;
  }

  @Test
  void snapshot_holdsTheBytesOfTheMoment_andGetsThereByTheClock() {
    String volume = volume(r -> {});
    write(volume, "before");

    String id = begin(volume);
    write(volume, "after!");
    assertThat(see(id).stateAsString()).isEqualTo("pending");
    assertThat(see(id).progress()).isEqualTo("0%");
    pass(Duration.ofSeconds(90));
    assertThat(see(id).progress()).isEqualTo("50%");
    settle();

    assertThat(see(id).stateAsString()).isEqualTo("completed");
    assertThat(see(id).progress()).isEqualTo("100%");
    assertThat(see(id).fullSnapshotSizeInBytes()).isEqualTo(512 * 1024);
    assertThat(read(id, 6)).isEqualTo("before");
    String restored = volume(r -> r.snapshotId(id).size(null));
    assertThat(describe(restored).size()).isEqualTo(4);
    assertThat(describe(restored).snapshotId()).isEqualTo(id);
    assertThat(read(restored, 6)).isEqualTo("before");
  }

  @Test
  void volume_ofASnapshot_isRefusedWhilePending_andIfSmaller() {
    String volume = volume(r -> {});
    String id = begin(volume);

    assertRefused("IncorrectState", () -> create(r -> r.snapshotId(id)));
    settle();
    assertRefused("InvalidParameterValue", () -> create(r -> r.snapshotId(id).size(3)));
    create(r -> r.snapshotId(id).size(5));
  }

  @Test
  void volume_ofAnEncryptedSnapshot_isUnderItsKeyOrAnother() {
    String before = key();
    String after = key();
    String id = snapshot(volume(r -> r.encrypted(true).kmsKeyId(before)));

    assertThat(see(id).encrypted()).isTrue();
    assertThat(see(id).kmsKeyId()).isEqualTo(before);
    String same = volume(r -> r.snapshotId(id));
    assertThat(describe(same).kmsKeyId()).isEqualTo(before);
    String other = volume(r -> r.snapshotId(id).encrypted(true).kmsKeyId(after));
    assertThat(describe(other).kmsKeyId()).isEqualTo(after);
    assertThat(see(snapshot(same)).dataEncryptionKeyId()).isEqualTo(see(id).dataEncryptionKeyId());
    assertThat(see(snapshot(other)).dataEncryptionKeyId())
        .isNotEqualTo(see(id).dataEncryptionKeyId());
  }

  @Test
  void volume_ofASnapshotWhoseKeyCannotBeUsed_isGone() {
    String before = key();
    String after = key();
    String id = snapshot(volume(r -> r.encrypted(true).kmsKeyId(before)));
    disable(before);

    String volume = create(r -> r.snapshotId(id).encrypted(true).kmsKeyId(after));
    settle();

    assertRefused("InvalidVolume.NotFound", () -> describe(volume));
  }

  @Test
  void snapshots_ofAnInstance_areOfAllItsVolumesAtOnce_withTheirTags() {
    String instance = instance(r -> {});
    String data =
        volume(r -> r.tagSpecifications(tags("volume", tag("team", "orders"), tag("Name", "a"))));
    attach(data, instance, "/dev/sdf");
    write(data, "hello");

    List<SnapshotInfo> taken =
        ec2.createSnapshots(
                r ->
                    r.instanceSpecification(i -> i.instanceId(instance))
                        .copyTagsFromSource("volume")
                        .description("all")
                        .tagSpecifications(tags("snapshot", tag("Name", "b"))))
            .snapshots();

    assertThat(taken)
        .extracting(SnapshotInfo::volumeId)
        .containsExactly(rootVolume(instance), data);
    assertThat(taken.get(0).startTime()).isEqualTo(taken.get(1).startTime());
    assertThat(taken.get(1).tags()).containsExactly(tag("Name", "b"), tag("team", "orders"));
    settle();
    assertThat(see(taken.get(1).snapshotId()).stateAsString()).isEqualTo("completed");
    assertThat(read(taken.get(1).snapshotId(), 5)).isEqualTo("hello");
  }

  @Test
  void snapshots_ofAnInstance_leaveOutWhatIsExcluded() {
    String instance = instance(r -> {});
    String root = rootVolume(instance);
    String data = volume(r -> {});
    attach(data, instance, "/dev/sdf");

    assertThat(
            ec2.createSnapshots(
                    r ->
                        r.instanceSpecification(
                            i -> i.instanceId(instance).excludeBootVolume(true)))
                .snapshots())
        .extracting(SnapshotInfo::volumeId)
        .containsExactly(data);
    assertRefused(
        "InvalidParameterValue",
        () ->
            ec2.createSnapshots(
                r ->
                    r.instanceSpecification(
                        i -> i.instanceId(instance).excludeDataVolumeIds(root))));
  }

  @Test
  void snapshots_ofAVolume_haveARateAndAQuota() {
    String volume = volume(r -> {});
    aws.ec2().neverFinish("CreateSnapshot");
    begin(volume);
    assertRefused("SnapshotCreationPerVolumeRateExceeded", () -> begin(volume));
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofSeconds(15));
      begin(volume);
    }
    settle();

    assertRefused("ConcurrentSnapshotLimitExceeded", () -> begin(volume));
    String cold = volume(r -> r.volumeType("sc1").size(125));
    begin(cold);
    settle();
    assertRefused("ConcurrentSnapshotLimitExceeded", () -> begin(cold));
    assertThat(aws.ec2().snapshots().values()).containsOnly("pending");
    assertThat(ec2.describeSnapshots(r -> r.ownerIds("self")).snapshots().get(0).progress())
        .isEqualTo("99%");
  }

  @Test
  void snapshots_beyondTheQuotaOfTheRegion_areRefused() {
    aws.ec2().limit(Ec2Quota.SNAPSHOTS, 1);
    String id = snapshot(volume(r -> {}));

    assertRefused("SnapshotLimitExceeded", () -> begin(volume(r -> {})));
    assertRefused("SnapshotLimitExceeded", () -> beginCopy(id, r -> {}));
    ec2.deleteSnapshot(r -> r.snapshotId(id));
    begin(volume(r -> {}));
  }

  @Test
  void delete_whilePending_takesEffectOnceItIsCompleted() {
    String volume = volume(r -> {});
    String id = begin(volume);

    ec2.deleteSnapshot(r -> r.snapshotId(id));
    assertThat(see(id).stateAsString()).isEqualTo("pending");
    settle();

    assertRefused("InvalidSnapshot.NotFound", () -> see(id));
  }

  @Test
  void copy_underANewKey_hasTheSameBytes() {
    String before = key();
    String after = key();
    String volume = volume(r -> r.encrypted(true).kmsKeyId(before));
    write(volume, "hello");
    String source = snapshot(volume);

    String id =
        beginCopy(
            source,
            r ->
                r.encrypted(true)
                    .kmsKeyId(after)
                    .description("of before")
                    .tagSpecifications(tags("snapshot", tag("run", "1"))));
    assertThat(see(id).stateAsString()).isEqualTo("pending");
    settle();

    assertThat(see(id).stateAsString()).isEqualTo("completed");
    assertThat(see(id).kmsKeyId()).isEqualTo(after);
    assertThat(see(id).description()).isEqualTo("of before");
    assertThat(see(id).tags()).containsExactly(tag("run", "1"));
    assertThat(see(id).volumeId()).isNotEqualTo(volume);
    assertThat(see(id).transferTypeAsString()).isEqualTo("standard");
    assertThat(see(id).dataEncryptionKeyId()).isNotEqualTo(see(source).dataEncryptionKeyId());
    assertThat(read(id, 5)).isEqualTo("hello");
  }

  @Test
  void copy_withoutAKey_isUnderTheDefaultKey_ifTheSourceIsEncrypted() {
    String byDefault = kms.describeKey(r -> r.keyId("alias/aws/ebs")).keyMetadata().arn();
    String key = key();
    String encrypted = snapshot(volume(r -> r.encrypted(true).kmsKeyId(key)));
    String plain = snapshot(volume(r -> {}));

    assertThat(see(copy(encrypted, r -> {})).kmsKeyId()).isEqualTo(byDefault);
    assertThat(see(copy(plain, r -> {})).encrypted()).isFalse();
    assertThat(see(copy(plain, r -> r.encrypted(true))).kmsKeyId()).isEqualTo(byDefault);
    assertRefused("InvalidParameterDependency", () -> copy(plain, r -> r.kmsKeyId(key)));
    assertRefused("InvalidParameterValue", () -> copy(plain, r -> r.encrypted(false)));
  }

  @Test
  void copy_whoseKeyCannotBeUsed_failsLater() {
    String key = key();
    String source = snapshot(volume(r -> {}));
    disable(key);

    String id = beginCopy(source, r -> r.encrypted(true).kmsKeyId(key));
    assertThat(see(id).stateAsString()).isEqualTo("pending");
    settle();

    assertThat(see(id).stateAsString()).isEqualTo("error");
    assertThat(see(id).stateMessage()).isEqualTo("Given key ID is not accessible");
    ec2.deleteSnapshot(r -> r.snapshotId(id));
    assertRefused("InvalidSnapshot.NotFound", () -> see(id));
  }

  @Test
  void copy_withACompletionDuration_isTimeBased() {
    String source = snapshot(volume(r -> {}));

    String id = beginCopy(source, r -> r.completionDurationMinutes(30));
    settle();
    assertThat(see(id).stateAsString()).isEqualTo("pending");
    pass(Duration.ofMinutes(15));

    assertThat(see(id).stateAsString()).isEqualTo("completed");
    assertThat(see(id).transferTypeAsString()).isEqualTo("time-based");
    assertThat(see(id).completionDurationMinutes()).isEqualTo(30);
    assertRefused(
        "InvalidParameterValue", () -> beginCopy(source, r -> r.completionDurationMinutes(20)));
  }

  @Test
  void copy_toAnotherRegion_isFoundThere() {
    String volume = volume(r -> {});
    write(volume, "hello");
    String source = snapshot(volume);
    try (Ec2Client other = Clients.of(Ec2Client.builder(), aws.endpoint(), "eu-west-1")) {
      String id =
          other
              .copySnapshot(
                  r ->
                      r.sourceRegion(aws.region())
                          .destinationRegion("eu-west-1")
                          .sourceSnapshotId(source))
              .snapshotId();

      assertRefused("InvalidSnapshot.NotFound", () -> see(id));
      assertThat(other.describeSnapshots(r -> r.snapshotIds(id)).snapshots()).hasSize(1);
      assertThat(read(id, 5)).isEqualTo("hello");
    }
  }

  @Test
  void copies_haveAQuota_andAPendingSourceIsRefused() {
    String source = snapshot(volume(r -> {}));
    aws.ec2().limit(Ec2Quota.PENDING_COPIES, 1);
    String first = beginCopy(source, r -> {});

    assertRefused("ResourceLimitExceeded", () -> beginCopy(source, r -> {}));
    assertRefused("IncorrectState", () -> beginCopy(first, r -> {}));
    settle();
    beginCopy(first, r -> {});
  }

  @Test
  void productCodes_goWithSnapshotsAndTheirVolumes() {
    String volume = volume(r -> {});
    aws.ec2().sell(volume, "product-1");

    String id = snapshot(volume);
    String restored = volume(r -> r.snapshotId(id));

    assertThat(
            ec2.describeVolumeAttribute(r -> r.volumeId(restored).attribute("productCodes"))
                .productCodes())
        .hasSize(1);
  }

  @Test
  void describe_byOwnerAndFilter() {
    String volume = volume(r -> {});
    String id = snapshot(volume);

    assertThat(ec2.describeSnapshots(r -> r.ownerIds("self")).snapshots())
        .extracting(Snapshot::snapshotId)
        .containsExactly(id);
    assertThat(ec2.describeSnapshots(r -> r.filters(filter("volume-id", volume))).snapshots())
        .hasSize(1);
    assertThat(ec2.describeSnapshots(r -> r.ownerIds("amazon")).snapshots())
        .extracting(Snapshot::ownerId)
        .containsOnly("137112412989");
  }

  @Test
  void fastRestore_isEnabledAfterAWhile_andThenVolumesAreInitializedAtOnce() {
    String volume = volume(r -> {});
    write(volume, "hello");
    String id = snapshot(volume);

    String slow = volume(r -> r.snapshotId(id));
    assertThat(describe(slow).fastRestored()).isNull();
    assertThat(status(slow).initializationStatusDetails().progress()).isLessThan(100);
    ec2.enableFastSnapshotRestores(r -> r.availabilityZones(ZONE).sourceSnapshotIds(id));
    assertThat(restore(id).stateAsString()).isEqualTo("enabling");
    pass(Duration.ofMinutes(2));
    assertThat(restore(id).stateAsString()).isEqualTo("optimizing");
    pass(Duration.ofMinutes(30));
    assertThat(restore(id).stateAsString()).isEqualTo("enabled");

    String fast = volume(r -> r.snapshotId(id));
    assertThat(describe(fast).fastRestored()).isTrue();
    assertThat(status(fast).initializationStatusDetails().progress()).isEqualTo(100);
    ec2.disableFastSnapshotRestores(r -> r.availabilityZones(ZONE).sourceSnapshotIds(id));
    settle();
    assertThat(restore(id).stateAsString()).isEqualTo("disabled");
  }

  private DescribeFastSnapshotRestoreSuccessItem restore(String snapshot) {
    return ec2.describeFastSnapshotRestores(r -> r.filters(filter("snapshot-id", snapshot)))
        .fastSnapshotRestores()
        .get(0);
  }

  private VolumeStatusItem status(String id) {
    return ec2.describeVolumeStatus(r -> r.volumeIds(id)).volumeStatuses().get(0);
  }

  @Test
  void initializationRate_isKept_andEndsByTheClock() {
    String volume = volume(r -> {});
    for (int i = 0; i < 250; i++) {
      aws.ec2().write(volume, i * 1024L * 1024, new byte[] {1});
    }
    String id = snapshot(volume);
    String restored = create(r -> r.snapshotId(id).volumeInitializationRate(100));
    pass(Duration.ofSeconds(20));

    assertThat(describe(restored).volumeInitializationRate()).isEqualTo(100);
    assertThat(status(restored).initializationStatusDetails().initializationTypeAsString())
        .isEqualTo("provisioned-rate");
    assertThat(status(restored).initializationStatusDetails().progress()).isZero();
    pass(Duration.ofSeconds(2));
    assertThat(status(restored).initializationStatusDetails().progress()).isEqualTo(100);
    assertRefused(
        "InvalidParameterValue", () -> create(r -> r.snapshotId(id).volumeInitializationRate(50)));
  }

  @Test
  void snapshot_inError_staysSo_andMakesNoVolume() {
    String id = begin(volume(r -> {}));
    aws.ec2().breakSnapshot(id);
    settle();

    assertThat(see(id).stateAsString()).isEqualTo("error");
    assertRefused("IncorrectState", () -> create(r -> r.snapshotId(id)));
    ec2.deleteSnapshot(r -> r.snapshotId(id));
    assertThat(aws.ec2().snapshots()).isEmpty();
  }
}
