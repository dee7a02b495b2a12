package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** How EC2 reads parameters and refuses them. */
final class Ec2Rules {

  private static final int PRECONDITION_FAILED = 412;

  private Ec2Rules() {}

  /** An operation that lists or tells something. */
  static Operation read(Function<AwsRequest, Map<String, Object>> handler, String... params) {
    return Operation.read(
        request -> {
          endDryRun(request);
          return handler.apply(request);
        },
        with(params, "DryRun"));
  }

  /** An operation that lists by filters and in pages. */
  static Operation list(Function<AwsRequest, Map<String, Object>> handler, String... params) {
    return read(handler, with(params, "Filter", "MaxResults", "NextToken"));
  }

  /**
   * An operation that changes something; its handler calls {@link #endDryRun} once all is checked.
   */
  static Operation write(Function<AwsRequest, Map<String, Object>> handler, String... params) {
    return Operation.write(handler, with(params, "DryRun"));
  }

  private static String[] with(String[] params, String... more) {
    List<String> all = new ArrayList<>(Arrays.asList(params));
    all.addAll(Arrays.asList(more));
    return all.toArray(new String[0]);
  }

  /** A dry run ends here, with the error that says that all is well. */
  static void endDryRun(AwsRequest request) {
    if (request.params().truth("DryRun").orElse(false)) {
      throw new AwsError(
          "DryRunOperation",
          PRECONDITION_FAILED,
          "Request would have succeeded, but DryRun flag is set.");
    }
  }

  static String required(Params params, String name) {
    return params
        .text(name)
        .orElseThrow(
            () ->
                AwsError.badRequest(
                    "MissingParameter", "The request must contain the parameter " + name));
  }

  static List<String> requiredTexts(Params params, String name) {
    if (!params.has(name)) {
      required(params, name);
    }
    return params.texts(name);
  }

  static AwsError invalidValue(String message) {
    return AwsError.badRequest("InvalidParameterValue", message);
  }

  static AwsError invalidCombination(String message) {
    return AwsError.badRequest("InvalidParameterCombination", message);
  }

  static AwsError incorrectState(String message) {
    return AwsError.badRequest("IncorrectState", message);
  }

  static AwsError notPermitted(String message) {
    return AwsError.badRequest("OperationNotPermitted", message);
  }

  /** What a service manages is not changed by anybody else. */
  static void requireNotManaged(Ec2Resource resource) {
    if (resource.managedBy.isPresent()) {
      throw notPermitted(
          "The resource " + resource.id + " is managed by " + resource.managedBy.get() + ".");
    }
  }

  /** Structures in parameters and in answers differ in the first letter of names only. */
  static Map<String, Object> mirrored(Params structure) {
    Map<String, Object> mirrored = new LinkedHashMap<>();
    structure
        .allBut("")
        .forEach((name, value) -> mirrored.put(lowerFirst(name), mirroredValue(value)));
    return mirrored;
  }

  private static Object mirroredValue(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> mirrored = new LinkedHashMap<>();
      map.forEach((name, v) -> mirrored.put(lowerFirst(name.toString()), mirroredValue(v)));
      return mirrored;
    }
    if (value instanceof List<?> list) {
      return new XmlList("item", list.stream().map(Ec2Rules::mirroredValue).toList());
    }
    return value;
  }

  static String lowerFirst(String name) {
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  static XmlList items(List<?> values) {
    return new XmlList("item", values);
  }
}
