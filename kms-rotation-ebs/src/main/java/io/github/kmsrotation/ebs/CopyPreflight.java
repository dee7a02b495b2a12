package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.EbsTarget;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Volume;

/** What stands in the way of copying volumes with the operating system's tools. */
final class CopyPreflight {

  private static final int MOST_USER_TAGS = 48;

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final VolumeCopier copier;
  private final Findings findings;

  CopyPreflight(
      PlanRequest<EbsTarget> request, EbsOptions options, VolumeCopier copier, Findings findings) {
    this.request = request;
    this.options = options;
    this.copier = copier;
    this.findings = findings;
  }

  /** What the plan notes. */
  SortedMap<String, String> attributes(
      Optional<Instance> on, List<Volume> volumes, Subject subject) {
    SortedMap<String, String> places = new TreeMap<>();
    volumes.forEach(this::checkVolume);
    if (on.isEmpty()) {
      findings.problem(
          "It is not attached to an instance, so nothing can copy it.",
          "Leave copyWith(...) out: it is rotated by its snapshot then.");
    } else if (on.get().state().name() != InstanceStateName.RUNNING) {
      findings.problem(
          "The instance " + on.get().instanceId() + " does not run, so nothing can copy on it.",
          "Start it; or leave copyWith(...) out: its volumes are rotated by their snapshots then.");
    } else {
      subject.disks().forEach(disk -> look(on.get(), disk, places));
    }
    warn(places.values());
    SortedMap<String, String> attributes = EbsSteps.attributes(subject, options);
    attributes.putAll(CopyWay.attributes(options, places));
    return attributes;
  }

  private void checkVolume(Volume volume) {
    if (options.newSize().isPresent() && options.newSize().getAsInt() < volume.size()) {
      findings.problem(
          "The volume " + volume.volumeId() + " has " + volume.size() + " GiB.",
          "newVolumeSize(...) has to be as large at least.");
    }
    if (Boolean.TRUE.equals(volume.multiAttachEnabled())) {
      findings.problem(
          "The volume " + volume.volumeId() + " is a Multi-Attach volume.",
          "Another instance may write to it: leave copyWith(...) out.");
    }
    if (RunTag.userTags(volume.tags()).size() > MOST_USER_TAGS) {
      findings.problem(
          "The volume " + volume.volumeId() + " has more than " + MOST_USER_TAGS + " tags.",
          "Remove some: the run needs two more on what it makes, and EC2 allows 50.");
    }
  }

  private void look(Instance instance, Disk disk, SortedMap<String, String> places) {
    String device = disk.device().orElseThrow();
    if (device.equals(instance.rootDeviceName())) {
      findings.problem(
          disk.name() + " is the root volume, which cannot be unmounted while the instance runs.",
          "Rotate it by its snapshot: leave copyWith(...) out and say stopInstance(). Rotate the"
              + " data volumes one by one with copyWith(...) if you want those copied.");
      return;
    }
    findings.check(
        () -> {
          CopySurvey survey =
              copier.survey(
                  new AttachedVolume(instance.instanceId(), disk.volumeId(), device),
                  request.calls());
          for (Notice problem : survey.problems()) {
            findings.problem(problem.resource(), problem.text(), problem.remedy());
          }
          survey
              .warnings()
              .forEach(w -> findings.warning(w.resource() + ": " + w.text(), w.remedy()));
          places.put(disk.volumeId(), survey.place());
        });
  }

  private void warn(Collection<String> places) {
    findings.warning(
        options.writeFreeze().isPresent()
            ? "The cutover stops what uses the volumes by your hook, and starts it again by it."
            : "Nothing stops what uses the volumes: there is no writeFreeze(...).",
        options.writeFreeze().isPresent()
            ? "In between, what changed since the first copy is copied, everything is compared by"
                + " checksum, and the new volumes are mounted: the outage takes as long as reading"
                + " all of the data twice."
            : "Stop it before you approve the cutover: while anything has files open for writing,"
                + " the cutover stops and asks. It takes as long as reading all of the data"
                + " twice.");
    if (places.stream().allMatch(CopySurvey.WHOLE_DEVICE::equals)) {
      return;
    }
    findings.warning(
        "The new volumes are attached under other device names.",
        "What names a volume by its device name in EC2 has to learn the new one.");
    findings.warning(
        "File systems are copied file by file.",
        "Not kept are the UUID, attributes that chattr sets, project quotas, blocks that files"
            + " share, and times of creation. No snapshot is made: make one first if you want to"
            + " keep the originals longer than until RETIRE.");
  }
}
