package io.github.kmsrotation.testkit.s3;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Stored bytes: an object, or a part of one. They are encrypted from the nonce on.
 *
 * @param file where they are
 * @param offset from where on
 * @param length how many
 * @param nonce what makes their encryption under the object's data key unlike that of other parts
 * @param holes blocks of zeros that are not stored
 */
@SuppressWarnings("ReferenceEquality")
record Blob(StoreFile file, long offset, long length, long nonce, @Nullable BitSet holes) {

  /** Blocks of so many bytes are written at once, or not at all if they are zeros. */
  static final int BLOCK = 256 * 1024;

  boolean isHole(long position) {
    return holes != null && holes.get((int) (position / BLOCK));
  }
}
