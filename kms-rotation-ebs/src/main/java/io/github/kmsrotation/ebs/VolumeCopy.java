package io.github.kmsrotation.ebs;

import java.util.Objects;

/**
 * A volume that is copied to another on the same instance.
 *
 * @param original the volume that is replaced
 * @param replacement the new one
 * @param place where the original was used when the plan was made, as {@link CopySurvey#place} says
 * @param isNewAttempt whether the run was begun or resumed since the task was last looked at: what
 *     failed before is worth another attempt then
 */
public record VolumeCopy(
    AttachedVolume original, AttachedVolume replacement, String place, boolean isNewAttempt) {

  /** Checks for null. */
  public VolumeCopy {
    Objects.requireNonNull(original, "original");
    Objects.requireNonNull(replacement, "replacement");
    Objects.requireNonNull(place, "place");
  }
}
