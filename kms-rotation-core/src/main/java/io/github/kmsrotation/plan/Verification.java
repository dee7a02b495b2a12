package io.github.kmsrotation.plan;

import java.util.List;
import java.util.Objects;

/** What a verifier found. Immutable. */
public final class Verification {

  private final boolean passed;
  private final List<Evidence> evidence;

  private Verification(boolean passed, List<Evidence> evidence) {
    this.passed = passed;
    this.evidence = List.copyOf(evidence);
  }

  /**
   * Everything that was compared is the same.
   *
   * @param evidence what was compared; at least one thing, all of it matching
   * @return a passed verification
   * @throws IllegalArgumentException if nothing was compared or something differs
   */
  public static Verification passed(List<Evidence> evidence) {
    if (evidence.isEmpty()) {
      throw new IllegalArgumentException("A verification that compared nothing cannot pass");
    }
    for (Evidence e : evidence) {
      if (!e.matches()) {
        throw new IllegalArgumentException("A verification cannot pass with a difference: " + e);
      }
    }
    return new Verification(true, evidence);
  }

  /**
   * Passed if everything that was compared is the same, otherwise failed.
   *
   * @param evidence what was compared; at least one thing
   * @return the verification
   * @throws IllegalArgumentException if nothing was compared
   */
  public static Verification of(List<Evidence> evidence) {
    return evidence.stream().allMatch(Evidence::matches) ? passed(evidence) : failed(evidence);
  }

  /**
   * Something differs.
   *
   * @param evidence what was compared, the differences among it
   * @return a failed verification
   */
  public static Verification failed(List<Evidence> evidence) {
    return new Verification(false, evidence);
  }

  /**
   * Whether everything that was compared is the same.
   *
   * @return true if so
   */
  public boolean isPassed() {
    return passed;
  }

  /**
   * What was compared.
   *
   * @return the evidence, differences included
   */
  public List<Evidence> evidence() {
    return evidence;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Verification that
        && passed == that.passed
        && evidence.equals(that.evidence);
  }

  @Override
  public int hashCode() {
    return Objects.hash(passed, evidence);
  }

  @Override
  public String toString() {
    return (passed ? "passed " : "failed ") + evidence;
  }
}
