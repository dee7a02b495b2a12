package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.VerifyStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The steps of copying with the operating system's tools, in order, from what the plan noted.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/data-protection-key-rotation.html">Key
 *     rotation for AWS KMS and scope of impact</a>
 */
final class CopyWay {

  private static final String PLACE = "copiedPlaceOf-";
  private static final String SIZE = "newVolumeSize";
  private static final String HAS_HOOK = "copiedWithWriteFreeze";

  private CopyWay() {}

  static SortedMap<String, String> attributes(
      EbsOptions options, SortedMap<String, String> places) {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put(HAS_HOOK, Boolean.toString(options.writeFreeze().isPresent()));
    attributes.put(
        SIZE, options.newSize().isPresent() ? Integer.toString(options.newSize().getAsInt()) : "");
    places.forEach((volumeId, place) -> attributes.put(PLACE + volumeId, place));
    return attributes;
  }

  static boolean isOf(RotationPlan plan) {
    return plan.attributes().containsKey(HAS_HOOK);
  }

  static String place(RotationPlan plan, Disk disk) {
    return plan.attribute(PLACE + disk.volumeId());
  }

  /** Whether a volume is copied block by block, so that nothing may see both. */
  static boolean isOfBlocks(RotationPlan plan, Disk disk) {
    return place(plan, disk).equals(CopySurvey.WHOLE_DEVICE);
  }

  static Optional<Integer> newSize(RotationPlan plan) {
    return Optional.of(plan.attribute(SIZE)).filter(s -> !s.isEmpty()).map(Integer::valueOf);
  }

  static boolean hasHook(RotationPlan plan) {
    return Boolean.parseBoolean(plan.attribute(HAS_HOOK));
  }

  static List<Step> steps(EbsStep.Env env) {
    VolumeCopier copier =
        env.options()
            .copier()
            .orElseThrow(
                () ->
                    EbsSteps.missing(
                        env,
                        "has the operating system copy, and a plan cannot store by what means",
                        "copyWith(...)"));
    List<Disk> disks = env.subject().disks();
    List<Step> steps = new ArrayList<>();
    disks.forEach(disk -> steps.add(new EmptyVolumeStep(env, disk)));
    disks.forEach(disk -> steps.add(new AttachNewStep(env, disk)));
    disks.forEach(disk -> steps.add(CopyTaskStep.prepare(env, disk, copier)));
    disks.forEach(disk -> steps.add(CopyTaskStep.copy(env, disk, copier)));
    steps.add(
        new VerifyStep(
            "verify-volumes",
            "Compare every attribute and tag of the volumes, and the KMS key",
            Phase.VERIFY,
            new CopiedVolumesVerifier(env)));
    Optional<VolumeFreeze> hook =
        hasHook(env.plan()) ? Optional.of(EbsSteps.hook(env)) : Optional.empty();
    hook.ifPresent(h -> steps.add(CopyTrafficStep.stop(env, h)));
    disks.forEach(disk -> steps.add(CopyTaskStep.synchronise(env, disk, copier)));
    disks.forEach(
        disk ->
            steps.add(
                isOfBlocks(env.plan(), disk)
                    ? new BlockSwapStep(env, disk, copier)
                    : CopyTaskStep.switchTo(env, disk, copier)));
    hook.ifPresent(h -> steps.add(CopyTrafficStep.start(env, h)));
    steps.add(
        new CopyObserveStep(
            env, Duration.parse(env.plan().attribute(EbsSteps.OBSERVE_FOR)), disks));
    disks.stream()
        .filter(disk -> !isOfBlocks(env.plan(), disk))
        .forEach(disk -> steps.add(CopyTaskStep.check(env, disk, copier)));
    disks.forEach(disk -> steps.add(new CopyRetireStep(env, disk, copier)));
    disks.forEach(disk -> steps.add(CopyTaskStep.tidy(env, disk, copier)));
    steps.add(new CleanUpStep(env, false));
    return steps;
  }
}
