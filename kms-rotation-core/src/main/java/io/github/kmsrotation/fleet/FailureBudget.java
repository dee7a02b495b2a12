package io.github.kmsrotation.fleet;

/**
 * How many runs of a fleet may fail or be blocked before no new one is started; those under way go
 * on. Counted anew when a fleet is resumed, since then what failed is tried again. Immutable.
 */
public final class FailureBudget {

  private final int count;
  private final double share;

  private FailureBudget(int count, double share) {
    this.count = count;
    this.share = share;
  }

  /**
   * A number of failures that are borne.
   *
   * @param failures 0 or more; with the next one, nothing more is started
   * @return the budget
   * @throws IllegalArgumentException if negative
   */
  public static FailureBudget ofCount(int failures) {
    if (failures < 0) {
      throw new IllegalArgumentException("failures must be 0 or more, was " + failures);
    }
    return new FailureBudget(failures, 0);
  }

  /**
   * A share of the fleet's runs that is borne, rounded down.
   *
   * @param share 0 to 1; with 1 failures stop nothing
   * @return the budget
   * @throws IllegalArgumentException if out of range
   */
  public static FailureBudget ofShare(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be 0 to 1, was " + share);
    }
    return new FailureBudget(0, share);
  }

  boolean isSpent(int failures, int runs) {
    return failures > Math.max(count, (int) (share * runs));
  }

  @Override
  public String toString() {
    return share > 0 ? share * 100 + " % of the runs" : count + " runs";
  }
}
