package io.github.kmsrotation.plan;

/**
 * The phases of a rotation, in their order. Nothing before {@link #CUTOVER} touches what serves
 * traffic; only {@link #RETIRE} destroys, and only what a {@link Verifier} has passed.
 */
public enum Phase {
  /** Makes the world ready: freezes writers, creates what the copy needs. */
  PREPARE,
  /** Makes the replacement under the new KMS key. */
  COPY,
  /** Proves that the replacement equals the original. */
  VERIFY,
  /** Puts the replacement where the original served. */
  CUTOVER,
  /** Watches the replacement serve, while the original can still come back. */
  OBSERVE,
  /** Destroys the original. Cannot be undone. */
  RETIRE
}
