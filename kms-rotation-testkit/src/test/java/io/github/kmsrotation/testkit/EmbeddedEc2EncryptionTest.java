package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;

/** Which key a volume is under, and what becomes of one whose key EBS cannot use. */
class EmbeddedEc2EncryptionTest extends Ec2Fixture {

  private String defaultKey() {
    return kms.describeKey(r -> r.keyId("alias/aws/ebs")).keyMetadata().arn();
  }

  @Test
  void encrypted_withoutAKey_isUnderTheDefaultKey() {
    assertThat(describe(volume(r -> r.encrypted(true))).kmsKeyId()).isEqualTo(defaultKey());
  }

  @Test
  void encrypted_underAKeyByAlias_tellsTheKeysArn() {
    String key = key();
    kms.createAlias(r -> r.aliasName("alias/data").targetKeyId(key));

    String id = volume(r -> r.encrypted(true).kmsKeyId("alias/data"));

    assertThat(describe(id).encrypted()).isTrue();
    assertThat(describe(id).kmsKeyId()).isEqualTo(key);
  }

  @Test
  void key_withoutEncryption_isRefused() {
    String key = key();

    assertRefused("InvalidParameterDependency", () -> create(r -> r.kmsKeyId(key)));
    assertRefused(
        "InvalidParameterDependency", () -> create(r -> r.encrypted(false).kmsKeyId(key)));
  }

  @Test
  void encryptionByDefault_encryptsWhatIsNewUnderTheDefaultKey() {
    String key = key();
    assertThat(ec2.getEbsEncryptionByDefault(r -> {}).ebsEncryptionByDefault()).isFalse();
    assertThat(ec2.getEbsDefaultKmsKeyId(r -> {}).kmsKeyId()).isEqualTo("alias/aws/ebs");

    assertThat(ec2.enableEbsEncryptionByDefault(r -> {}).ebsEncryptionByDefault()).isTrue();
    assertThat(ec2.modifyEbsDefaultKmsKeyId(r -> r.kmsKeyId(key)).kmsKeyId()).isEqualTo(key);
    assertThat(describe(volume(r -> {})).kmsKeyId()).isEqualTo(key);

    assertThat(ec2.resetEbsDefaultKmsKeyId(r -> {}).kmsKeyId()).isEqualTo("alias/aws/ebs");
    assertThat(describe(volume(r -> {})).kmsKeyId()).isEqualTo(defaultKey());
    ec2.disableEbsEncryptionByDefault(r -> {});
    assertThat(describe(volume(r -> {})).encrypted()).isFalse();
  }

  @Test
  void key_thatDoesNotExist_isNoticedLater_andTheVolumeIsGone() {
    String id = create(r -> r.encrypted(true).kmsKeyId("alias/none"));

    assertThat(describe(id).stateAsString()).isEqualTo("creating");
    settle();
    assertRefused("InvalidVolume.NotFound", () -> describe(id));
  }

  @Test
  void key_thatIsOfAnotherKindRegionOrState_isNoticedLater() {
    String signing =
        kms.createKey(r -> r.keySpec("RSA_2048").keyUsage("SIGN_VERIFY")).keyMetadata().arn();
    String disabled = key();
    disable(disabled);
    String denied = key();
    aws.ec2().denyKey(denied);
    try (KmsClient other = Clients.of(KmsClient.builder(), aws.endpoint(), "eu-west-1")) {
      String elsewhere = other.createKey().keyMetadata().arn();
      for (String key : new String[] {signing, disabled, denied, elsewhere}) {
        create(r -> r.encrypted(true).kmsKeyId(key));
      }
    }

    assertThat(aws.ec2().volumes()).hasSize(4);
    settle();
    assertThat(aws.ec2().volumes()).isEmpty();
  }

  @Test
  void key_thatIsDisabledWhileTheVolumeIsMade_isNoticed() {
    String key = key();
    String id = create(r -> r.encrypted(true).kmsKeyId(key));
    disable(key);
    pass(Duration.ofSeconds(30));

    assertRefused("InvalidVolume.NotFound", () -> describe(id));
  }

  @Test
  void attach_whenTheKeyCannotBeUsed_endsSoon() {
    String key = key();
    String instance = instance(r -> {});
    String id = volume(r -> r.encrypted(true).kmsKeyId(key));
    disable(key);

    ec2.attachVolume(r -> r.volumeId(id).instanceId(instance).device("/dev/sdf"));
    assertThat(describe(id).stateAsString()).isEqualTo("in-use");
    settle();

    assertThat(describe(id).stateAsString()).isEqualTo("available");
    assertThat(describe(id).attachments()).isEmpty();
  }

  @Test
  void start_whenAVolumesKeyCannotBeUsed_goesBackToStopped() {
    String key = key();
    String instance = instance(r -> {});
    attach(volume(r -> r.encrypted(true).kmsKeyId(key)), instance, "/dev/sdf");
    stop(instance);
    disable(key);

    ec2.startInstances(r -> r.instanceIds(instance));
    assertThat(look(instance).state().nameAsString()).isEqualTo("pending");
    settle();

    assertThat(look(instance).state().nameAsString()).isEqualTo("stopped");
    assertThat(look(instance).stateReason().code()).isEqualTo("Client.InternalError");
  }

  @Test
  void launch_whenAVolumesKeyCannotBeUsed_isTerminated() {
    String key = key();
    disable(key);

    String instance =
        launch(r -> r.blockDeviceMappings(disk("/dev/xvda", e -> e.encrypted(true).kmsKeyId(key))));
    assertThat(look(instance).state().nameAsString()).isEqualTo("pending");
    settle();

    assertThat(look(instance).state().nameAsString()).isEqualTo("terminated");
    assertThat(look(instance).stateReason().code()).isEqualTo("Client.InternalError");
    assertThat(aws.ec2().volumes()).isEmpty();
  }

  @Test
  void instanceType_thatTakesNoEncryptedVolumes_isTold_andRefused() {
    assertThat(
            ec2.describeInstanceTypes(r -> r.instanceTypesWithStrings("t1.micro", "m5.large"))
                .instanceTypes())
        .extracting(t -> t.ebsInfo().encryptionSupportAsString())
        .containsExactly("unsupported", "supported");
    String instance = instance(r -> r.instanceType("t1.micro"));
    String id = volume(r -> r.encrypted(true));

    assertRefused(
        "EncryptedVolumesNotSupported",
        () -> ec2.attachVolume(r -> r.volumeId(id).instanceId(instance).device("/dev/sdf")));
  }

  @Test
  void attachedVolume_isKnownToKms_byAGrantAndTheLastUsage() {
    String key = key();
    String instance = instance(r -> {});
    String id = volume(r -> r.encrypted(true).kmsKeyId(key));
    assertThat(lastOperation(key)).isEqualTo("GenerateDataKeyWithoutPlaintext");
    attach(id, instance, "/dev/sdf");

    assertThat(lastOperation(key)).isEqualTo("Decrypt");
    assertThat(kms.listGrants(r -> r.keyId(key)).grants())
        .singleElement()
        .satisfies(
            grant ->
                assertThat(grant.granteePrincipal())
                    .isEqualTo(
                        "arn:aws:sts::111122223333:assumed-role/aws:ec2-infrastructure/"
                            + instance))
        .satisfies(
            grant ->
                assertThat(grant.constraints().encryptionContextSubset())
                    .containsEntry("aws:ebs:id", id));
    ec2.terminateInstances(r -> r.instanceIds(instance));
    settle();
    assertThat(kms.listGrants(r -> r.keyId(key)).grants()).isEmpty();
  }

  private String lastOperation(String key) {
    return kms.getKeyLastUsage(r -> r.keyId(key)).keyLastUsage().operationAsString();
  }

  @Test
  void detachedVolume_andThatOfAnInstanceLaunchedUnderAKey_leaveNoGrant() {
    String key = key();
    String instance =
        instance(
            r -> r.blockDeviceMappings(disk("/dev/xvda", e -> e.encrypted(true).kmsKeyId(key))));
    assertThat(kms.listGrants(r -> r.keyId(key)).grants()).hasSize(1);
    String after = volume(r -> r.encrypted(true));
    ec2.createReplaceRootVolumeTask(r -> r.instanceId(instance).volumeId(after));
    settle();

    assertThat(kms.listGrants(r -> r.keyId(key)).grants()).isEmpty();
  }

  @Test
  void volumeCopy_isUnderTheDefaultKeyIfEncryptionIsAsked_elseAsItsSource() {
    String key = key();
    String source = volume(r -> r.encrypted(true).kmsKeyId(key));

    String same =
        ec2.copyVolumes(r -> r.sourceVolumeId(source).size(5)).volumes().get(0).volumeId();
    String other =
        ec2.copyVolumes(r -> r.sourceVolumeId(source).size(6).encrypted(true))
            .volumes()
            .get(0)
            .volumeId();
    settle();

    assertThat(describe(same).kmsKeyId()).isEqualTo(key);
    assertThat(describe(other).kmsKeyId()).isEqualTo(defaultKey());
  }
}
