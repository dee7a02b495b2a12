package io.github.kmsrotation.run;

import io.github.kmsrotation.spi.Leftover;
import java.util.List;

/** Decides whether leftovers may be removed, which cannot be undone. */
@FunctionalInterface
public interface SweepApprover {

  /**
   * Decides about all of them together.
   *
   * @param toRemove what would be removed, at least one
   * @return {@link Approval#iAcceptThatThisCannotBeUndone} removes them; no other answer does
   */
  Approval decide(List<Leftover> toRemove);
}
