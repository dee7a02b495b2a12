package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Filters and pages. Values of a filter are alternatives and may hold {@code *} and {@code ?}, as
 * EC2 says; a filter that is not modelled is refused.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html">Filters</a>
 */
final class Listing<R> {

  private static final int LEAST_IN_A_PAGE = 5;
  private static final int MOST_IN_A_PAGE = 1000;

  private final Map<String, Function<R, List<String>>> filters = new LinkedHashMap<>();
  private final Function<R, Map<String, String>> tags;

  private Listing(Function<R, Map<String, String>> tags) {
    this.tags = tags;
  }

  static <R extends Ec2Resource> Listing<R> ofTagged() {
    return new Listing<>(resource -> resource.tags);
  }

  static <R> Listing<R> of() {
    return new Listing<>(resource -> Map.of());
  }

  /** A filter by something that there is once. */
  Listing<R> by(String name, Function<R, Object> value) {
    return byMany(name, resource -> List.of(value.apply(resource).toString()));
  }

  /** A filter by something that there may be several of, or none. */
  Listing<R> byMany(String name, Function<R, List<String>> values) {
    filters.put(name, values);
    return this;
  }

  List<R> filtered(AwsRequest request, List<R> all) {
    List<R> left = all;
    for (Params filter : request.params().structures("Filter")) {
      String name = Ec2Rules.required(filter, "Name");
      Function<R, List<String>> values = valuesOf(request, name);
      List<Pattern> wanted = filter.texts("Value").stream().map(Listing::pattern).toList();
      left = left.stream().filter(item -> matches(values.apply(item), wanted)).toList();
    }
    return left;
  }

  private Function<R, List<String>> valuesOf(AwsRequest request, String name) {
    if (name.startsWith("tag:")) {
      String key = name.substring("tag:".length());
      return item -> tags.apply(item).containsKey(key) ? List.of(tagValue(item, key)) : List.of();
    }
    if (name.equals("tag-key")) {
      return item -> List.copyOf(tags.apply(item).keySet());
    }
    Function<R, List<String>> values = filters.get(name);
    if (values == null) {
      throw AwsError.notModelled("the filter " + name + " of ec2:" + request.operation());
    }
    return values;
  }

  private String tagValue(R item, String key) {
    return tags.apply(item).getOrDefault(key, "");
  }

  private static boolean matches(List<String> values, List<Pattern> wanted) {
    return values.stream().anyMatch(v -> wanted.stream().anyMatch(p -> p.matcher(v).matches()));
  }

  private static Pattern pattern(String wanted) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < wanted.length(); i++) {
      char c = wanted.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  /** A page of what the filters let through. */
  Map<String, Object> page(
      AwsRequest request, String member, List<R> all, Function<R, ? extends Object> xml) {
    List<R> found = filtered(request, all);
    int from = from(request.params(), found.size());
    int to = Math.min(found.size(), from + most(request.params()));
    List<Object> page = new ArrayList<>();
    found.subList(from, to).forEach(item -> page.add(xml.apply(item)));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(member, Ec2Rules.items(page));
    if (to < found.size()) {
      answer.put("nextToken", "page-" + to);
    }
    return answer;
  }

  private static int most(Params params) {
    int most = params.number("MaxResults").orElse(MOST_IN_A_PAGE);
    if (most < LEAST_IN_A_PAGE) {
      throw Ec2Rules.invalidValue(
          "Value ( "
              + most
              + " ) for parameter maxResults is invalid. Expecting a value greater than or equal"
              + " to 5.");
    }
    return Math.min(most, MOST_IN_A_PAGE);
  }

  private static int from(Params params, int size) {
    String token = params.text("NextToken").orElse("page-0");
    if (!token.matches("page-[0-9]{1,9}")) {
      throw AwsError.badRequest("InvalidNextToken", "The specified NextToken is not valid.");
    }
    return Math.min(size, Integer.parseInt(token.substring("page-".length())));
  }
}
