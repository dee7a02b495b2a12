package io.github.kmsrotation.s3;

/**
 * Whether versions may be moved without being looked at first, which spares a call for each. So it
 * is for the next {@value #RUN} after {@value #SAMPLE} in a row that had to be moved, until S3
 * refuses one. A version that was under the new key already is moved to it once more then, which
 * changes nothing of it; a sample that meets such versions keeps that rare. Safe for use by several
 * threads.
 */
final class Unseen {

  private static final int SAMPLE = 50;
  private static final int RUN = 950;

  private int inARow;
  private int left;

  /** Whether the next one may be, which counts it. */
  synchronized boolean next() {
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }

  /** One was looked at. */
  synchronized void saw(boolean hadToBeMoved) {
    inARow = hadToBeMoved ? inARow + 1 : 0;
    if (inARow >= SAMPLE) {
      inARow = 0;
      left = RUN;
    }
  }

  /** One was not as those before it. */
  synchronized void wasRefused() {
    inARow = 0;
    left = 0;
  }
}
