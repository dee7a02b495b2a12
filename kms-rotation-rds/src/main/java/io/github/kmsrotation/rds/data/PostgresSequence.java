package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.plan.Evidence;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Where a sequence of PostgreSQL stands. PostgreSQL writes a sequence's values to its log 32 in
 * advance ({@code SEQ_LOG_VALS} of its {@code sequence.c}), so that it may stand up to 32 steps
 * further ahead after it recovered, as it does from a DB snapshot. No value is given out twice by
 * that. A replacement that stands behind the original, or further ahead, differs.
 *
 * @param definition everything else about it
 * @param increment its step, which may be negative
 * @param lastValue its last value; empty if none was given out yet
 */
record PostgresSequence(String definition, BigInteger increment, Optional<BigInteger> lastValue) {

  private static final BigInteger LOGGED_IN_ADVANCE = BigInteger.valueOf(32);

  Evidence compare(String subject, PostgresSequence replacement) {
    if (!equals(replacement) && !recoveredTo(replacement)) {
      return new Evidence(subject, toString(), replacement.toString());
    }
    // The same text wherever in that range the replacement is: it tells of the original only.
    String both =
        lastValue.isEmpty()
            ? toString()
            : this + ", or up to " + LOGGED_IN_ADVANCE + " values ahead, as a recovery leaves it";
    return new Evidence(subject, both, both);
  }

  private boolean recoveredTo(PostgresSequence other) {
    if (!definition.equals(other.definition)
        || !increment.equals(other.increment)
        || lastValue.isEmpty()
        || other.lastValue.isEmpty()) {
      return false;
    }
    BigInteger[] ahead =
        other.lastValue.get().subtract(lastValue.get()).divideAndRemainder(increment);
    return ahead[1].signum() == 0
        && ahead[0].signum() >= 0
        && ahead[0].compareTo(LOGGED_IN_ADVANCE) <= 0;
  }

  private String value() {
    return lastValue.map(value -> "at " + value).orElse("unused");
  }

  @Override
  public String toString() {
    return value() + " by " + increment + ", " + definition;
  }
}
