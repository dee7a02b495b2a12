package io.github.kmsrotation.testkit.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Failures on demand. A rule is armed by naming calls and what happens to them; it stays until its
 * count is used up. Safe for use by several threads.
 */
public final class Faults {

  /** What happens to a call. */
  public enum Kind {
    /** Refused because there are too many. */
    THROTTLE,
    /** Refused with an error of choice. */
    ERROR,
    /** The connection is cut before the call takes effect. */
    DROP_BEFORE,
    /** The connection is cut after the call took effect. */
    DROP_AFTER,
    /** The answer comes late. */
    DELAY
  }

  /**
   * What happens to one call.
   *
   * @param kind what
   * @param code the error code, for {@link Kind#ERROR}
   * @param status the HTTP status, for {@link Kind#ERROR}
   * @param delay how late, for {@link Kind#DELAY}
   * @param hook what runs at that moment
   */
  public record Fault(Kind kind, String code, int status, Duration delay, Runnable hook) {}

  private static final class Armed {
    private final BiPredicate<String, Boolean> matches;
    private final Fault fault;
    private int skip;
    private int left;

    Armed(BiPredicate<String, Boolean> matches, Fault fault, int skip, int left) {
      this.matches = matches;
      this.fault = fault;
      this.skip = skip;
      this.left = left;
    }
  }

  private final List<Armed> rules = new ArrayList<>();
  private int fired;

  /** Names the calls that a fault is for. */
  public final class Rule {

    private final BiPredicate<String, Boolean> matches;
    private int skip;
    private int times = 1;

    private Rule(BiPredicate<String, Boolean> matches) {
      this.matches = matches;
    }

    /**
     * Only from the nth such call on, counted from now.
     *
     * @param n 1 for the next
     * @return this rule
     */
    public Rule nth(int n) {
      this.skip = n - 1;
      return this;
    }

    /**
     * For so many calls; one by default.
     *
     * @param times how many
     * @return this rule
     */
    public Rule times(int times) {
      this.times = times;
      return this;
    }

    /** AWS throttles. */
    public void throttle() {
      arm(new Fault(Kind.THROTTLE, "", 400, Duration.ZERO, () -> {}));
    }

    /**
     * AWS answers an error.
     *
     * @param code its code
     * @param status its HTTP status
     */
    public void error(String code, int status) {
      arm(new Fault(Kind.ERROR, code, status, Duration.ZERO, () -> {}));
    }

    /** The connection is cut before the call takes effect. */
    public void dropBefore() {
      dropBefore(() -> {});
    }

    /**
     * Something happens, then the connection is cut, before the call takes effect.
     *
     * @param hook for example killing the caller
     */
    public void dropBefore(Runnable hook) {
      arm(new Fault(Kind.DROP_BEFORE, "", 0, Duration.ZERO, hook));
    }

    /** The connection is cut after the call took effect. */
    public void dropAfter() {
      dropAfter(() -> {});
    }

    /**
     * Something happens, then the connection is cut, after the call took effect.
     *
     * @param hook for example killing the caller
     */
    public void dropAfter(Runnable hook) {
      arm(new Fault(Kind.DROP_AFTER, "", 0, Duration.ZERO, hook));
    }

    /**
     * The answer comes late, in real time.
     *
     * @param delay how late
     */
    public void delay(Duration delay) {
      arm(new Fault(Kind.DELAY, "", 0, delay, () -> {}));
    }

    /**
     * Something happens after the call took effect, before it is answered.
     *
     * @param hook for example what somebody else does meanwhile
     */
    public void then(Runnable hook) {
      arm(new Fault(Kind.DELAY, "", 0, Duration.ZERO, hook));
    }

    private void arm(Fault fault) {
      synchronized (Faults.this) {
        rules.add(new Armed(matches, fault, skip, times));
      }
    }
  }

  /**
   * For one operation.
   *
   * @param operation its name
   * @return a rule to go on with
   */
  public Rule on(String operation) {
    return new Rule((name, mutating) -> name.equals(operation));
  }

  /**
   * For every operation that changes something.
   *
   * @return a rule to go on with
   */
  public Rule onMutating() {
    return new Rule((name, mutating) -> mutating);
  }

  /**
   * For every operation.
   *
   * @return a rule to go on with
   */
  public Rule onAny() {
    return new Rule((name, mutating) -> true);
  }

  /**
   * How many calls met a fault so far.
   *
   * @return a count
   */
  public synchronized int fired() {
    return fired;
  }

  /** Disarms all rules. */
  public synchronized void clear() {
    rules.clear();
  }

  /**
   * The fault that a call meets. Called once for every call.
   *
   * @param operation its name
   * @param isMutating whether it changes something
   * @return the fault, or none
   */
  public synchronized Optional<Fault> meet(String operation, boolean isMutating) {
    for (Armed rule : rules) {
      if (rule.left > 0 && rule.matches.test(operation, isMutating)) {
        if (rule.skip > 0) {
          rule.skip--;
          continue;
        }
        rule.left--;
        fired++;
        return Optional.of(rule.fault);
      }
    }
    return Optional.empty();
  }
}
