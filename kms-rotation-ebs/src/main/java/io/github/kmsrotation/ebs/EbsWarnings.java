package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.EbsTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DryRunModifierType;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.KmsException;

/** What a rotation cannot carry over, or costs, without standing in its way. */
final class EbsWarnings {

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final Findings findings;

  EbsWarnings(PlanRequest<EbsTarget> request, EbsOptions options, Findings findings) {
    this.request = request;
    this.options = options;
    this.findings = findings;
  }

  void warn(Optional<Instance> instance, List<Volume> volumes, Subject subject) {
    instance.ifPresent(on -> warnAboutInstance(on, subject));
    volumes.forEach(this::warnAboutTags);
    warnAboutKeyRights();
    warnAboutEveryRotation(subject);
  }

  private void warnAboutInstance(Instance instance, Subject subject) {
    if (!subject.isStoppedByRun()) {
      return;
    }
    findings.warning(
        "The instance "
            + instance.instanceId()
            + " is stopped from before the snapshots until "
            + (options.trafficSwitch().isPresent()
                ? "the new instance serves."
                : "the new volumes are attached."),
        "That includes the time until the approvals are given. The first snapshot of a large volume"
            + " takes hours; one that you make shortly before the run"
            + " shortens that, since snapshots are incremental.");
    if (instance.publicIpAddress() != null && options.trafficSwitch().isEmpty()) {
      findings.warning(
          "The instance " + instance.instanceId() + " has a public IPv4 address.",
          "Unless it is an Elastic IP address, it will have another after it was stopped.");
    }
  }

  private void warnAboutTags(Volume volume) {
    List<String> keys = volume.tags().stream().map(Tag::key).toList();
    String ofAws =
        keys.stream().filter(key -> key.startsWith("aws:")).collect(Collectors.joining(", "));
    if (!ofAws.isEmpty()) {
      findings.warning(
          "The volume " + volume.volumeId() + " has tags that only AWS can set: " + ofAws + ".",
          "The new volume will not have them. What made the volume, such as a CloudFormation stack,"
              + " does not know the new one.");
    }
    if (keys.stream().anyMatch(EbsWarnings::isOfKubernetes)) {
      findings.warning(
          "The volume " + volume.volumeId() + " is a volume of Kubernetes.",
          "Its PersistentVolume has to name the new volume's id; the CSI driver may detach what it"
              + " does not know. Scale its pods down first.");
    }
  }

  private static boolean isOfKubernetes(String key) {
    return key.startsWith("kubernetes.io/")
        || key.startsWith("ebs.csi.aws.com/")
        || key.equals("CSIVolumeName")
        || key.equals("KubernetesCluster");
  }

  /**
   * Asks KMS, by dry runs, for what EBS needs in the caller's name. A key policy may allow it
   * through EC2 only, so that this is no proof.
   *
   * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html">
   *     Testing your permissions</a>
   */
  void warnAboutKeyRights() {
    Optional<String> key =
        new Findings("")
            .look(() -> request.targetKey().map(id -> request.keys().read(id).arn().value()))
            .flatMap(arn -> arn);
    if (key.isEmpty()) {
      return;
    }
    List<String> denied =
        probes(key.get()).entrySet().stream()
            .filter(probe -> isDenied(probe.getKey(), probe.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (!denied.isEmpty()) {
      findings.warning(
          "KMS denies the caller " + String.join(" and ", denied) + " for " + key.get() + ".",
          "EBS needs kms:CreateGrant, kms:Decrypt, kms:DescribeKey,"
              + " kms:GenerateDataKeyWithoutPlaintext and kms:ReEncrypt* in the caller's name."
              + " Unless the key policy allows them through EC2 (kms:ViaService,"
              + " kms:GrantIsForAWSResource), new volumes vanish right after they were requested.");
    }
  }

  private SortedMap<String, Runnable> probes(String keyArn) {
    SortedMap<String, Runnable> probes = new TreeMap<>();
    probes.put(
        "kms:GenerateDataKeyWithoutPlaintext",
        () ->
            request
                .kms()
                .generateDataKeyWithoutPlaintext(
                    r -> r.keyId(keyArn).keySpec(DataKeySpec.AES_256).dryRun(true)));
    probes.put(
        "kms:Decrypt",
        () ->
            request
                .kms()
                .decrypt(
                    r ->
                        r.keyId(keyArn)
                            .dryRun(true)
                            .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    probes.put(
        "kms:ReEncrypt*",
        () ->
            request
                .kms()
                .reEncrypt(
                    r ->
                        r.sourceKeyId(keyArn)
                            .destinationKeyId(keyArn)
                            .dryRun(true)
                            .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    probes.put(
        "kms:CreateGrant",
        () ->
            request
                .kms()
                .createGrant(
                    r ->
                        r.keyId(keyArn)
                            .granteePrincipal(
                                "arn:" + part(keyArn, 1) + ":iam::" + part(keyArn, 4) + ":root")
                            .operations(GrantOperation.DECRYPT)
                            .dryRun(true)));
    return probes;
  }

  private static String part(String arn, int n) {
    return arn.split(":", -1)[n];
  }

  private boolean isDenied(String action, Runnable probe) {
    try {
      request
          .calls()
          .read(
              action,
              () -> {
                probe.run();
                return action;
              });
      return false;
    } catch (MissingPermissionException e) {
      return true;
    } catch (KmsException e) {
      // That the dry run would have succeeded, or what is wrong with the key, which is told when
      // it is chosen.
      return false;
    }
  }

  private void warnAboutEveryRotation(Subject subject) {
    findings.warning(
        "The new volumes have new ids.",
        "Whatever names the old ones has to learn them: Terraform or CloudFormation, backup and"
            + " lifecycle policies that go by id, alarms, fstab entries that go by NVMe serial"
            + " number. The report names them.");
    if (options.copier().isPresent()) {
      return;
    }
    findings.warning(
        "Snapshots and AMIs of the originals stay under the old key"
            + (options.deletesFinalSnapshots() ? "." : ", the run's own among them."),
        "They need the old key for as long as they are kept.");
    if (options.initializationRate().isPresent()) {
      findings.warning(
          "The new volumes are initialized at "
              + options.initializationRate().getAsInt()
              + " MiB/s.",
          "AWS charges for that by the full size of each snapshot.");
    } else {
      findings.warning(
          "Each block of a new volume is slow until it was read once.",
          "Say volumeInitializationRate(...) where that matters; AWS charges for it.");
    }
    if (subject.writes() == Writes.UNATTACHED) {
      findings.warning(
          "That the volume is attached, written and detached again while the run is under way"
              + " cannot be seen.",
          "Leave it unattached until the run is over: its new volume takes its place.");
    }
  }
}
