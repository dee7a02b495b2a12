package io.github.kmsrotation.aws;

/**
 * How often one operation may be called in a Region of an account: as many calls at once as the
 * bucket of its tokens holds, and after that as many a second as come back.
 *
 * @param perSecond how many tokens come back a second; more than 0, up to 1,000,000
 * @param burst how many the bucket holds; 1 to 1,000,000
 * @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html">Request
 *     throttling for the Amazon EC2 API</a>
 */
public record CallRate(double perSecond, int burst) {

  private static final int MOST = 1_000_000;

  /**
   * @throws IllegalArgumentException if out of range
   */
  public CallRate {
    if (!(perSecond > 0 && perSecond <= MOST)) {
      throw new IllegalArgumentException(
          "perSecond must be more than 0 and up to 1,000,000, was " + perSecond);
    }
    if (burst < 1 || burst > MOST) {
      throw new IllegalArgumentException("burst must be 1 to 1,000,000, was " + burst);
    }
  }

  /** A part of it. */
  CallRate times(double share) {
    return new CallRate(perSecond * share, Math.max(1, (int) (burst * share)));
  }
}
