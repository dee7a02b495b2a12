package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.CopyImageRequest;
import software.amazon.awssdk.services.ec2.model.CreateVolumePermission;
import software.amazon.awssdk.services.ec2.model.DescribeImageAttributeResponse;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.ImageAttributeName;
import software.amazon.awssdk.services.ec2.model.LaunchPermission;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateBlockDeviceMappingRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateEbsBlockDeviceRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.RegisterImageRequest;
import software.amazon.awssdk.services.ec2.model.SnapshotAttributeName;

/** AMIs and launch templates: what still names a snapshot or a key. */
class EmbeddedEc2ImagesTest extends Ec2Fixture {

  private String snapshot(String key) {
    String volume = volume(r -> r.encrypted(true).kmsKeyId(key));
    write(volume, "hello");
    String id = ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
    settle();
    return id;
  }

  private String register(String snapshot, Consumer<RegisterImageRequest.Builder> settings) {
    return ec2.registerImage(
            r -> {
              r.name("orders")
                  .architecture("x86_64")
                  .virtualizationType("hvm")
                  .rootDeviceName("/dev/xvda")
                  .bootMode("uefi")
                  .blockDeviceMappings(
                      disk("/dev/xvda", e -> e.snapshotId(snapshot).volumeType("gp3")));
              settings.accept(r);
            })
        .imageId();
  }

  private Image see(String id) {
    return ec2.describeImages(r -> r.imageIds(id)).images().get(0);
  }

  @Test
  void register_ofASnapshot_launchesInstancesUnderItsKey() {
    String key = key();
    String snapshot = snapshot(key);

    String image = register(snapshot, r -> r.tagSpecifications(tags("image", tag("a", "1"))));

    assertThat(see(image).stateAsString()).isEqualTo("available");
    assertThat(see(image).bootModeAsString()).isEqualTo("uefi");
    assertThat(see(image).tags()).containsExactly(tag("a", "1"));
    assertThat(see(image).blockDeviceMappings().get(0).ebs().encrypted()).isTrue();
    assertThat(see(image).blockDeviceMappings().get(0).ebs().volumeSize()).isEqualTo(4);
    String instance = instance(r -> r.imageId(image));
    assertThat(describe(rootVolume(instance)).kmsKeyId()).isEqualTo(key);
    assertThat(read(rootVolume(instance), 5)).isEqualTo("hello");
  }

  @Test
  void register_whatCannotBe_isRefused() {
    String snapshot = snapshot(key());
    register(snapshot, r -> {});

    assertRefused("InvalidAMIName.Duplicate", () -> register(snapshot, r -> {}));
    assertRefused("InvalidAMIName.Malformed", () -> register(snapshot, r -> r.name("a")));
    assertRefused(
        "InvalidBlockDeviceMapping",
        () -> register(snapshot, r -> r.name("other").rootDeviceName("/dev/sda1")));
    assertRefused(
        "InvalidBlockDeviceMapping",
        () ->
            register(
                snapshot,
                r ->
                    r.name("other")
                        .blockDeviceMappings(
                            disk("/dev/xvda", e -> e.snapshotId(snapshot).encrypted(true)))));
  }

  @Test
  void snapshot_ofAnImage_isInUse_untilThatIsDeregistered() {
    String snapshot = snapshot(key());
    String image = register(snapshot, r -> {});
    assertRefused("InvalidSnapshot.InUse", () -> ec2.deleteSnapshot(r -> r.snapshotId(snapshot)));

    ec2.deregisterImage(r -> r.imageId(image));

    assertRefused("InvalidAMIID.NotFound", () -> see(image));
    ec2.deleteSnapshot(r -> r.snapshotId(snapshot));
  }

  @Test
  void deregister_withItsSnapshots_deletesThoseThatNoOtherImageUses() {
    String snapshot = snapshot(key());
    String one = register(snapshot, r -> {});
    String two = register(snapshot, r -> r.name("second"));

    assertThat(
            ec2.deregisterImage(r -> r.imageId(one).deleteAssociatedSnapshots(true))
                .deleteSnapshotResults()
                .get(0)
                .returnCodeAsString())
        .isEqualTo("skipped");
    ec2.deregisterImage(r -> r.imageId(two).deleteAssociatedSnapshots(true));
    assertThat(aws.ec2().snapshots()).isEmpty();
  }

  @Test
  void publicImages_belongToAmazon() {
    String image = aws.ec2().ebsImage("arm64");

    assertThat(ec2.describeImages(r -> r.owners("amazon")).images()).hasSize(3);
    assertThat(ec2.describeImages(r -> r.owners("self")).images()).isEmpty();
    assertRefused("AuthFailure", () -> ec2.deregisterImage(r -> r.imageId(image)));
  }

  private String copy(String source, Consumer<CopyImageRequest.Builder> settings) {
    return ec2.copyImage(
            r -> {
              r.name("copy").sourceImageId(source).sourceRegion(aws.region());
              settings.accept(r);
            })
        .imageId();
  }

  @Test
  void copy_underANewKey_copiesSnapshotsAndTags() {
    String after = key();
    String source =
        register(snapshot(key()), r -> r.tagSpecifications(tags("image", tag("a", "1"))));

    String image = copy(source, r -> r.encrypted(true).kmsKeyId(after).copyImageTags(true));
    assertThat(see(image).stateAsString()).isEqualTo("pending");
    assertRefused("InvalidAMIID.Unavailable", () -> launch(r -> r.imageId(image)));
    settle();

    assertThat(see(image).stateAsString()).isEqualTo("available");
    assertThat(see(image).sourceImageId()).isEqualTo(source);
    assertThat(see(image).tags()).containsExactly(tag("a", "1"));
    String snapshot = see(image).blockDeviceMappings().get(0).ebs().snapshotId();
    assertThat(ec2.describeSnapshots(r -> r.snapshotIds(snapshot)).snapshots().get(0).kmsKeyId())
        .isEqualTo(after);
    String instance = instance(r -> r.imageId(image));
    assertThat(describe(rootVolume(instance)).kmsKeyId()).isEqualTo(after);
    assertThat(read(rootVolume(instance), 5)).isEqualTo("hello");
  }

  @Test
  void copy_whoseKeyCannotBeUsed_isFailed() {
    String after = key();
    String source = register(snapshot(key()), r -> {});
    disable(after);

    String image = copy(source, r -> r.encrypted(true).kmsKeyId(after));
    settle();

    assertThat(see(image).stateAsString()).isEqualTo("failed");
    assertThat(see(image).stateReason().message()).isEqualTo("Given key ID is not accessible");
  }

  private LaunchTemplateVersion version(String template, String version) {
    return ec2.describeLaunchTemplateVersions(r -> r.launchTemplateId(template).versions(version))
        .launchTemplateVersions()
        .get(0);
  }

  private static LaunchTemplateBlockDeviceMappingRequest templateDisk(
      String device, Consumer<LaunchTemplateEbsBlockDeviceRequest.Builder> ebs) {
    return LaunchTemplateBlockDeviceMappingRequest.builder().deviceName(device).ebs(ebs).build();
  }

  private String template(String key, String snapshot) {
    return ec2.createLaunchTemplate(
            r ->
                r.launchTemplateName("orders")
                    .launchTemplateData(
                        d ->
                            d.instanceType("m5.large")
                                .securityGroupIds("sg-0123456789abcdef0")
                                .blockDeviceMappings(
                                    templateDisk(
                                        "/dev/sdf",
                                        e ->
                                            e.encrypted(true)
                                                .kmsKeyId(key)
                                                .snapshotId(snapshot)
                                                .volumeSize(8)))))
        .launchTemplate()
        .launchTemplateId();
  }

  @Test
  void launchTemplate_tellsOfTheKeysThatItNames() {
    String key = key();
    String template = template(key, "snap-0123456789abcdef0");

    LaunchTemplateVersion version = version(template, "$Latest");
    assertThat(version.versionNumber()).isEqualTo(1);
    assertThat(version.defaultVersion()).isTrue();
    assertThat(version.launchTemplateData().blockDeviceMappings().get(0).ebs().kmsKeyId())
        .isEqualTo(key);
    assertThat(version.launchTemplateData().securityGroupIds())
        .containsExactly("sg-0123456789abcdef0");
    assertThat(
            ec2.describeLaunchTemplateVersions(r -> r.versions("$Latest", "$Default"))
                .launchTemplateVersions())
        .hasSize(2);
    assertThat(ec2.describeLaunchTemplates().launchTemplates()).hasSize(1);
    assertRefused(
        "InvalidLaunchTemplateName.AlreadyExistsException",
        () -> template(key, "snap-0123456789abcdef0"));
    assertRefused("InvalidLaunchTemplateId.VersionNotFound", () -> version(template, "2"));
  }

  @Test
  void launchTemplateVersion_inheritsAllButSnapshots_andBecomesTheDefault() {
    String before = key();
    String after = key();
    String template = template(before, "snap-0123456789abcdef0");

    ec2.createLaunchTemplateVersion(
        r ->
            r.launchTemplateId(template)
                .sourceVersion("1")
                .launchTemplateData(d -> d.keyName("admin")));
    ec2.createLaunchTemplateVersion(
        r ->
            r.launchTemplateName("orders")
                .sourceVersion("$Latest")
                .launchTemplateData(
                    d ->
                        d.blockDeviceMappings(
                            templateDisk("/dev/sdf", e -> e.encrypted(true).kmsKeyId(after)))));
    ec2.modifyLaunchTemplate(r -> r.launchTemplateId(template).defaultVersion("3"));

    assertThat(version(template, "2").launchTemplateData().blockDeviceMappings().get(0).ebs())
        .satisfies(ebs -> assertThat(ebs.kmsKeyId()).isEqualTo(before))
        .satisfies(ebs -> assertThat(ebs.snapshotId()).isNull());
    LaunchTemplateVersion version = version(template, "$Default");
    assertThat(version.versionNumber()).isEqualTo(3);
    assertThat(version.launchTemplateData().keyName()).isEqualTo("admin");
    assertThat(version.launchTemplateData().blockDeviceMappings().get(0).ebs().kmsKeyId())
        .isEqualTo(after);
    ec2.deleteLaunchTemplate(r -> r.launchTemplateId(template));
    assertRefused("InvalidLaunchTemplateId.NotFound", () -> version(template, "1"));
  }

  @Test
  void launch_byATemplate_takesItsVersion_withTheCallPutOverIt() {
    String before = key();
    String after = key();
    String snapshot = snapshot(before);
    String template = template(before, snapshot);

    String instance =
        ec2.runInstances(
                r ->
                    r.launchTemplate(t -> t.launchTemplateId(template))
                        .imageId(aws.ec2().ebsImage("x86_64"))
                        .minCount(1)
                        .maxCount(1)
                        .blockDeviceMappings(
                            disk("/dev/sdf", e -> e.encrypted(true).kmsKeyId(after))))
            .instances()
            .get(0)
            .instanceId();
    settle();

    assertThat(look(instance).instanceTypeAsString()).isEqualTo("m5.large");
    assertThat(look(instance).tags())
        .containsExactly(
            tag("aws:ec2launchtemplate:id", template), tag("aws:ec2launchtemplate:version", "1"));
    String data = look(instance).blockDeviceMappings().get(1).ebs().volumeId();
    assertThat(describe(data).size()).isEqualTo(8);
    assertThat(describe(data).snapshotId()).isEqualTo(snapshot);
    assertThat(describe(data).kmsKeyId()).isEqualTo(after);
  }

  @Test
  void copyOfAnImage_hasItsUefiData_butNeitherItsPermissionsNorItsDeprecation() {
    String image = register(snapshot(key()), r -> r.uefiData("QU1aTlVFRkk="));
    ec2.modifyImageAttribute(
        r ->
            r.imageId(image)
                .launchPermission(
                    p -> p.add(LaunchPermission.builder().userId("210987654321").build())));
    Instant deprecated = Instant.parse("2027-03-04T05:06:00Z");
    ec2.enableImageDeprecation(r -> r.imageId(image).deprecateAt(deprecated));

    String copy =
        ec2.copyImage(r -> r.name("copy").sourceImageId(image).sourceRegion("eu-central-1"))
            .imageId();

    assertThat(see(image).deprecationTime()).isEqualTo(deprecated.toString());
    assertThat(see(copy).deprecationTime()).isNull();
    assertThat(attribute(image, ImageAttributeName.LAUNCH_PERMISSION).launchPermissions())
        .hasSize(1);
    assertThat(attribute(copy, ImageAttributeName.LAUNCH_PERMISSION).launchPermissions()).isEmpty();
    assertThat(attribute(copy, ImageAttributeName.UEFI_DATA).uefiData().value())
        .isEqualTo("QU1aTlVFRkk=");
    ec2.disableImageDeprecation(r -> r.imageId(image));
    assertThat(see(image).deprecationTime()).isNull();
  }

  private DescribeImageAttributeResponse attribute(String image, ImageAttributeName name) {
    return ec2.describeImageAttribute(r -> r.imageId(image).attribute(name));
  }

  @Test
  void encryptedSnapshot_isSharedWithAccounts_butNeverWithAll() {
    String snapshot = snapshot(key());
    CreateVolumePermission account =
        CreateVolumePermission.builder().userId("210987654321").build();
    CreateVolumePermission all = CreateVolumePermission.builder().group("all").build();

    ec2.modifySnapshotAttribute(
        r -> r.snapshotId(snapshot).createVolumePermission(p -> p.add(account)));
    assertRefused(
        "OperationNotPermitted",
        () ->
            ec2.modifySnapshotAttribute(
                r -> r.snapshotId(snapshot).createVolumePermission(p -> p.add(all))));

    assertThat(
            ec2.describeSnapshotAttribute(
                    r ->
                        r.snapshotId(snapshot)
                            .attribute(SnapshotAttributeName.CREATE_VOLUME_PERMISSION))
                .createVolumePermissions())
        .containsExactly(account);
  }

  @Test
  void createImage_ofAnInstance_makesTheSameVolumesAgain_orFailsWithASnapshot() {
    String key = key();
    String instance =
        instance(
            r ->
                r.blockDeviceMappings(
                    disk("/dev/xvda", e -> e.encrypted(true).kmsKeyId(key)),
                    disk(
                        "/dev/sdf",
                        e ->
                            e.volumeSize(5)
                                .volumeType("io1")
                                .iops(150)
                                .deleteOnTermination(false))));

    assertRefused(
        "NotModelled", () -> ec2.createImage(r -> r.instanceId(instance).name("rebooted")));
    String id = ec2.createImage(r -> r.instanceId(instance).name("copy").noReboot(true)).imageId();
    assertThat(see(id).stateAsString()).isEqualTo("pending");
    settle();

    assertThat(see(id).stateAsString()).isEqualTo("available");
    assertThat(see(id).sourceInstanceId()).isEqualTo(instance);
    assertThat(see(id).blockDeviceMappings())
        .satisfiesExactlyInAnyOrder(
            root -> assertThat(root.ebs().encrypted()).isTrue(),
            data -> {
              assertThat(data.ebs().volumeSize()).isEqualTo(5);
              assertThat(data.ebs().iops()).isEqualTo(150);
              assertThat(data.ebs().deleteOnTermination()).isFalse();
            });
    assertRefused(
        "InvalidAMIName.Duplicate",
        () -> ec2.createImage(r -> r.instanceId(instance).name("copy").noReboot(true)));
  }
}
