package io.github.kmsrotation.testkit.ssm;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Optional;

/**
 * A part of a list.
 *
 * @param items what is in it
 * @param next by which the rest is asked for
 */
record Page<T>(List<T> items, Optional<String> next) {

  static <T> Page<T> of(Params params, List<T> all, int least, int most) {
    int size = params.number("MaxResults").orElse(most);
    if (size < least || size > most) {
      throw AwsError.badRequest(
          "ValidationException", "MaxResults is not within " + least + " and " + most);
    }
    String token = params.text("NextToken").orElse("page-0");
    if (!token.matches("page-[0-9]{1,9}")) {
      throw AwsError.badRequest("InvalidNextToken", "The specified token isn't valid.");
    }
    int from = Math.min(all.size(), Integer.parseInt(token.substring("page-".length())));
    int to = Math.min(all.size(), from + size);
    return new Page<>(
        all.subList(from, to), to < all.size() ? Optional.of("page-" + to) : Optional.empty());
  }
}
