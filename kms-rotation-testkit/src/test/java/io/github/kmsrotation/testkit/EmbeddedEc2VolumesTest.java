package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.ec2.Ec2Quota;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.CreateVolumeResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeModification;
import software.amazon.awssdk.services.ec2.model.VolumeStatusItem;

/** Volumes: what they are like, what is in them, how they are listed, modified and deleted. */
class EmbeddedEc2VolumesTest extends Ec2Fixture {

  @Test
  void create_isAvailableAfterAWhile_withDefaultsOfItsType() {
    CreateVolumeResponse created =
        ec2.createVolume(r -> r.availabilityZone(ZONE).size(20).volumeType("gp3"));

    assertThat(created.stateAsString()).isEqualTo("creating");
    assertThat(created.availabilityZoneId()).isEqualTo("euc1-az1");
    assertThat(describe(created.volumeId()).stateAsString()).isEqualTo("creating");
    settle();

    Volume volume = describe(created.volumeId());
    assertThat(volume.stateAsString()).isEqualTo("available");
    assertThat(volume.size()).isEqualTo(20);
    assertThat(volume.iops()).isEqualTo(3000);
    assertThat(volume.throughput()).isEqualTo(125);
    assertThat(volume.encrypted()).isFalse();
    assertThat(volume.kmsKeyId()).isNull();
    assertThat(volume.multiAttachEnabled()).isFalse();
    assertThat(volume.operator().managed()).isFalse();
  }

  @Test
  void create_withoutAType_isGp2() {
    String id = ec2.createVolume(r -> r.availabilityZoneId("euc1-az2").size(100)).volumeId();

    assertThat(describe(id).volumeTypeAsString()).isEqualTo("gp2");
    assertThat(describe(id).iops()).isEqualTo(300);
    assertThat(describe(id).availabilityZone()).isEqualTo("eu-central-1b");
  }

  @Test
  void create_outOfRange_isRefused() {
    assertRefused("MissingParameter", () -> create(r -> r.availabilityZone(null)));
    assertRefused("MissingParameter", () -> create(r -> r.size(null)));
    assertRefused("InvalidZone.NotFound", () -> create(r -> r.availabilityZone("eu-west-1a")));
    assertRefused("UnknownVolumeType", () -> create(r -> r.volumeType("gp9")));
    assertRefused("InvalidParameterValue", () -> create(r -> r.size(70_000)));
    assertRefused("InvalidParameterValue", () -> create(r -> r.iops(100)));
    assertRefused("InvalidParameterCombination", () -> create(r -> r.iops(40_000)));
    assertRefused("InvalidParameterCombination", () -> create(r -> r.throughput(2000)));
    assertRefused("InvalidParameterCombination", () -> create(r -> r.volumeType("io2")));
    assertRefused("InvalidParameterCombination", () -> create(r -> r.multiAttachEnabled(true)));
    assertRefused(
        "InvalidParameterCombination", () -> create(r -> r.volumeInitializationRate(200)));
    assertThat(aws.ec2().volumes()).isEmpty();
  }

  @Test
  void create_beyondTheQuota_isRefused() {
    aws.ec2().limit(Ec2Quota.STORAGE_GIB_OF_A_TYPE, 10);
    volume(r -> {});
    volume(r -> {});

    assertRefused("VolumeLimitExceeded", () -> create(r -> {}));
    create(r -> r.volumeType("gp2"));
  }

  @Test
  void create_asADryRun_saysThatAllIsWell_andMakesNothing() {
    assertThatThrownBy(() -> create(r -> r.dryRun(true)))
        .isInstanceOfSatisfying(
            Ec2Exception.class,
            e -> {
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("DryRunOperation");
              assertThat(e.statusCode()).isEqualTo(412);
            });
    assertRefused("UnknownVolumeType", () -> create(r -> r.dryRun(true).volumeType("gp9")));
    assertThat(aws.ec2().volumes()).isEmpty();
    assertThat(aws.calls().mutating()).isEmpty();
  }

  @Test
  void create_againWithItsToken_isTheSameVolume() {
    String first = create(r -> r.clientToken("run-1"));
    settle();

    assertThat(create(r -> r.clientToken("run-1"))).isEqualTo(first);
    assertThat(create(r -> r.clientToken("run-2"))).isNotEqualTo(first);
    assertRefused("IdempotentParameterMismatch", () -> create(r -> r.clientToken("run-1").size(5)));
    assertThat(aws.ec2().volumes()).hasSize(2);
  }

  @Test
  void bytes_areKept_andZerosWhereNoneWereWritten() {
    String id = volume(r -> {});
    long nearTheEnd = (4L << 30) - 5;
    byte[] written = "hello".getBytes(StandardCharsets.UTF_8);

    aws.ec2().write(id, nearTheEnd, written);

    assertThat(aws.ec2().read(id, nearTheEnd, 5)).isEqualTo(written);
    assertThat(aws.ec2().read(id, 0, 3)).containsOnly(0);
    assertThatThrownBy(() -> aws.ec2().write(id, nearTheEnd + 1, written))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void describe_byFilters_findsWhatMatchesAll() {
    String red = volume(r -> r.tagSpecifications(tags("volume", tag("c", "red"))));
    String blue = volume(r -> r.size(8).tagSpecifications(tags("volume", tag("c", "blue"))));

    assertThat(found(filter("tag:c", "red"))).containsExactly(red);
    assertThat(found(filter("tag:c", "red", "b*"))).containsExactly(red, blue);
    assertThat(found(filter("tag-key", "c"), filter("size", "8"))).containsExactly(blue);
    assertThat(found(filter("encrypted", "true"))).isEmpty();
    assertThat(found(filter("volume-id", blue), filter("status", "available")))
        .containsExactly(blue);
    assertRefused("NotModelled", () -> found(filter("colour", "red")));
  }

  private List<String> found(Filter... filters) {
    return ec2.describeVolumes(r -> r.filters(filters)).volumes().stream()
        .map(Volume::volumeId)
        .toList();
  }

  @Test
  void describe_inPages_tellsAllOnce() {
    for (int i = 0; i < 7; i++) {
      create(r -> {});
    }

    assertThat(ec2.describeVolumes(r -> r.maxResults(5)).volumes()).hasSize(5);
    assertThat(ec2.describeVolumesPaginator(r -> r.maxResults(5)).volumes().stream())
        .extracting(Volume::volumeId)
        .doesNotHaveDuplicates()
        .hasSize(7);
    assertRefused("InvalidParameterValue", () -> ec2.describeVolumes(r -> r.maxResults(4)));
    assertRefused("InvalidNextToken", () -> ec2.describeVolumes(r -> r.nextToken("x")));
  }

  @Test
  void describe_whatIsNotThere_isRefused() {
    assertRefused("InvalidVolumeID.Malformed", () -> describe("vol-1"));
    assertRefused("InvalidVolume.NotFound", () -> describe("vol-0123456789abcdef0"));
  }

  @Test
  void delete_takesAWhile() {
    String id = volume(r -> {});

    ec2.deleteVolume(r -> r.volumeId(id));
    assertThat(describe(id).stateAsString()).isEqualTo("deleting");
    settle();

    assertRefused("InvalidVolume.NotFound", () -> describe(id));
  }

  @Test
  void delete_whileCreating_isRefused_andInErrorIsNot() {
    String id = create(r -> {});
    assertRefused("IncorrectState", () -> ec2.deleteVolume(r -> r.volumeId(id)));
    settle();
    aws.ec2().breakVolume(id);
    assertThat(describe(id).stateAsString()).isEqualTo("error");

    ec2.deleteVolume(r -> r.volumeId(id));
    settle();
    assertThat(aws.ec2().volumes()).isEmpty();
  }

  @Test
  void managedVolume_isChangedByItsServiceOnly() {
    String id = volume(r -> {});
    aws.ec2().manage(id, "eks.amazonaws.com");

    assertThat(describe(id).operator().principal()).isEqualTo("eks.amazonaws.com");
    assertRefused("OperationNotPermitted", () -> ec2.deleteVolume(r -> r.volumeId(id)));
    assertRefused("OperationNotPermitted", () -> ec2.modifyVolume(r -> r.volumeId(id).size(9)));
  }

  @Test
  void modify_goesThroughItsStates_oneAtATime() {
    String id = volume(r -> {});

    ec2.modifyVolume(r -> r.volumeId(id).size(10).iops(4000));
    assertThat(modification(id).modificationStateAsString()).isEqualTo("modifying");
    assertRefused(
        "IncorrectModificationState", () -> ec2.modifyVolume(r -> r.volumeId(id).size(11)));
    pass(Duration.ofMinutes(2));
    assertThat(modification(id).modificationStateAsString()).isEqualTo("optimizing");
    assertThat(describe(id).size()).isEqualTo(10);
    settle();

    assertThat(modification(id).modificationStateAsString()).isEqualTo("completed");
    assertThat(modification(id).originalSize()).isEqualTo(4);
    assertThat(describe(id).iops()).isEqualTo(4000);
    assertRefused("InvalidParameterValue", () -> ec2.modifyVolume(r -> r.volumeId(id).size(9)));
  }

  @Test
  void modify_aFifthTimeWithinADay_isRefused() {
    String id = volume(r -> {});
    for (int size = 5; size < 9; size++) {
      int next = size;
      ec2.modifyVolume(r -> r.volumeId(id).size(next));
      settle();
    }

    assertRefused(
        "VolumeModificationRateExceeded", () -> ec2.modifyVolume(r -> r.volumeId(id).size(20)));
    pass(Duration.ofDays(1));
    ec2.modifyVolume(r -> r.volumeId(id).size(20));
  }

  private VolumeModification modification(String id) {
    return ec2.describeVolumesModifications(r -> r.volumeIds(id)).volumesModifications().get(0);
  }

  @Test
  void modifications_ofAVolumeThatHasNone_areNotFound() {
    String id = volume(r -> {});

    assertThat(ec2.describeVolumesModifications().volumesModifications()).isEmpty();
    assertRefused("InvalidVolumeModification.NotFound", () -> modification(id));
  }

  @Test
  void status_tellsOfChecks() {
    String id = create(r -> {});
    assertThat(status(id).volumeStatus().statusAsString()).isEqualTo("insufficient-data");
    settle();
    assertThat(status(id).volumeStatus().statusAsString()).isEqualTo("ok");
    assertThat(status(id).initializationStatusDetails()).isNull();
    aws.ec2().breakVolume(id);
    assertThat(status(id).volumeStatus().statusAsString()).isEqualTo("impaired");
  }

  private VolumeStatusItem status(String id) {
    return ec2.describeVolumeStatus(r -> r.volumeIds(id)).volumeStatuses().get(0);
  }

  @Test
  void attributes_tellOfProductCodes() {
    String id = volume(r -> {});
    aws.ec2().sell(id, "product-1");

    assertThat(
            ec2.describeVolumeAttribute(r -> r.volumeId(id).attribute("productCodes"))
                .productCodes())
        .singleElement()
        .satisfies(code -> assertThat(code.productCodeId()).isEqualTo("product-1"));
    assertThat(
            ec2.describeVolumeAttribute(r -> r.volumeId(id).attribute("autoEnableIO"))
                .autoEnableIO()
                .value())
        .isFalse();
  }

  @Test
  void copy_holdsTheBytesOfTheMoment_underAnotherKeyIfAsked() {
    String key = key();
    String source = volume(r -> r.size(6));
    write(source, "before");

    String copy =
        ec2.copyVolumes(
                r ->
                    r.sourceVolumeId(source)
                        .volumeType("gp3")
                        .encrypted(true)
                        .kmsKeyId(key)
                        .tagSpecifications(tags("volume", tag("of", source))))
            .volumes()
            .get(0)
            .volumeId();
    write(source, "after!");
    settle();

    assertThat(describe(copy).sourceVolumeId()).isEqualTo(source);
    assertThat(describe(copy).kmsKeyId()).isEqualTo(key);
    assertThat(describe(copy).size()).isEqualTo(6);
    assertThat(describe(copy).tags()).containsExactly(tag("of", source));
    assertThat(read(copy, 6)).isEqualTo("before");
    assertThat(status(copy).initializationStatusDetails().initializationTypeAsString())
        .isEqualTo("volume-copy");
  }

  @Test
  void tags_areSetTakenAwayAndListed() {
    String id = volume(r -> {});
    ec2.createTags(r -> r.resources(id).tags(tag("a", "1"), tag("b", "2"), tag("c", "3")));
    ec2.deleteTags(r -> r.resources(id).tags(tag("a", "other"), tag("b", "2")));

    assertThat(describe(id).tags()).containsExactly(tag("a", "1"), tag("c", "3"));
    assertThat(ec2.describeTags(r -> r.filters(filter("resource-id", id))).tags())
        .extracting(t -> t.resourceTypeAsString() + " " + t.key())
        .containsExactly("volume a", "volume c");
    assertRefused(
        "InvalidTagKey.Malformed",
        () -> ec2.createTags(r -> r.resources(id).tags(tag("aws:x", "1"))));
    assertRefused("InvalidID", () -> ec2.createTags(r -> r.resources("x").tags(tag("x", "1"))));
    assertRefused(
        "InvalidParameterValue",
        () -> create(r -> r.tagSpecifications(tags("snapshot", tag("a", "1")))));
  }

  @Test
  void tags_beyondFifty_areRefused() {
    String id = volume(r -> {});
    for (int i = 0; i < 50; i++) {
      int n = i;
      ec2.createTags(r -> r.resources(id).tags(tag("key-" + n, "")));
    }

    assertRefused(
        "TagLimitExceeded", () -> ec2.createTags(r -> r.resources(id).tags(tag("one-more", ""))));
  }
}
