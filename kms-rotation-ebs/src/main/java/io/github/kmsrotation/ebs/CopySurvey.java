package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Notice;
import java.util.List;
import java.util.Objects;

/**
 * What a {@link VolumeCopier} found out about a volume that is to be copied.
 *
 * @param place where the volume is used, in letters, digits and {@code .:/_-} only: the plan stores
 *     it, and every task is told it
 * @param problems what is in the way, with what to do about it
 * @param warnings what is not, with what it means
 */
public record CopySurvey(String place, List<Notice> problems, List<Notice> warnings) {

  /**
   * The place of a volume that is copied block by block. Both volumes are the same to the operating
   * system then, down to their UUIDs, so the new one takes the original's device in the cutover,
   * while nothing uses either: a {@link VolumeFreeze} has to take it out of use, and back.
   */
  public static final String WHOLE_DEVICE = "device";

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if the place has other letters
   */
  public CopySurvey {
    Objects.requireNonNull(place, "place");
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
    if (!place.matches("[A-Za-z0-9.:/_-]*")) {
      throw new IllegalArgumentException("Not a place that a plan can store: '" + place + "'");
    }
  }
}
