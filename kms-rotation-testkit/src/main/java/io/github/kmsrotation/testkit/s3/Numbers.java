package io.github.kmsrotation.testkit.s3;

/** Whole numbers of queries and headers. */
final class Numbers {

  private Numbers() {}

  /** A query parameter; one that is too large counts as the most, as in all lists of S3. */
  static int query(S3Request request, String name, int usual, int most) {
    return Math.min(most, request.query(name).map(text -> number(name, text)).orElse(usual));
  }

  static int number(String name, String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw S3Errors.invalidArgument(
          "Provided " + name + " not an integer or within integer range", name, text);
    }
    return Integer.parseInt(text);
  }
}
