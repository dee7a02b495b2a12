package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.StepContext;
import java.time.Instant;

/**
 * That something is gone which the journal knows as made: believed only once looks have not found
 * it for a while, since RDS may not show yet what it has.
 */
final class Absence {

  private Instant since = Instant.MAX;

  /** Called after a look that found nothing. */
  boolean isCertain(StepContext context) {
    Instant now = context.clock().instant();
    since = since.isAfter(now) ? now : since;
    return !now.isBefore(since.plus(RdsStep.SETTLES_WITHIN));
  }
}
