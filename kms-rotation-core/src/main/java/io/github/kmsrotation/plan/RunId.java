package io.github.kmsrotation.plan;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The identity of one run of one plan. Names of the resources that the run makes are derived from
 * it, so it is short and fits into the names of every AWS service.
 *
 * @param value ten lower-case letters and digits, the first one a letter
 */
public record RunId(String value) {

  /** The key of the tag by which resources tell which run made or claimed them. */
  public static final String TAG_KEY = "kms-rotation:run";

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
  private static final String LETTERS_AND_DIGITS = LETTERS + "0123456789";
  private static final String FORM = "[a-z][a-z0-9]{9}";
  private static final int LENGTH = 10;

  /**
   * @throws IllegalArgumentException if the value is not of that form
   */
  public RunId {
    if (!value.matches(FORM)) {
      throw new IllegalArgumentException(
          "Not a run id: '" + value + "'. It is a letter and nine letters or digits, lower case.");
    }
  }

  /**
   * A new id. Two of 51 bits are the same once in a hundred million runs of ten thousand plans.
   *
   * @return a random id
   */
  public static RunId random() {
    return random(new SecureRandom());
  }

  /**
   * The run that the value of a tag names. Anybody can tag anything: what no run can be called is
   * no run's.
   *
   * @param value the value of a tag with the key {@link #TAG_KEY}
   * @return the run, or empty
   */
  public static Optional<RunId> ofTag(String value) {
    return value.matches(FORM) ? Optional.of(new RunId(value)) : Optional.empty();
  }

  static RunId random(RandomGenerator random) {
    StringBuilder id = new StringBuilder(LENGTH);
    id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    while (id.length() < LENGTH) {
      id.append(LETTERS_AND_DIGITS.charAt(random.nextInt(LETTERS_AND_DIGITS.length())));
    }
    return new RunId(id.toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
