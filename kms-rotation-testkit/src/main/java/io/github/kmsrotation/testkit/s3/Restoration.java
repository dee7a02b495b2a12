package io.github.kmsrotation.testkit.s3;

import java.time.Instant;

/**
 * A temporary copy of an archived object.
 *
 * @param ready from when on it can be read
 * @param expires until when
 */
record Restoration(Instant ready, Instant expires) {

  boolean isOngoing(Instant now) {
    return now.isBefore(ready);
  }

  boolean isReadable(Instant now) {
    return !isOngoing(now) && now.isBefore(expires);
  }
}
