package io.github.kmsrotation.spi;

import io.github.kmsrotation.plan.RunId;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that a run made and that is still there.
 *
 * @param run the run, by the resource's tag
 * @param resource its id, as the service's delete call takes it
 * @param what what it is, for people, for example {@code EBS snapshot of vol-1, 8 GiB}
 * @param operation the IAM action of the one call that removes it
 * @param keep why it is never removed by a sweep, for example since its original is gone and it may
 *     be the only copy; empty if it may go
 */
public record Leftover(
    RunId run, String resource, String what, String operation, Optional<String> keep) {

  /** Checks for null. */
  public Leftover {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(operation, "operation");
    Objects.requireNonNull(keep, "keep");
  }
}
