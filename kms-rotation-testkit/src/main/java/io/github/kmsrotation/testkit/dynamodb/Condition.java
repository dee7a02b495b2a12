package io.github.kmsrotation.testkit.dynamodb;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition expression: terms joined by {@code AND}. A term compares an attribute with a value,
 * or asks whether there is the attribute. Names and values are placeholders, so that no reserved
 * word can be among them.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html">Condition
 *     expressions</a>
 */
final class Condition {

  private static final Pattern COMPARES = Pattern.compile("(#\\w+) *= *(:\\w+)");
  private static final Pattern ASKS =
      Pattern.compile("(attribute_exists|attribute_not_exists) *\\((#\\w+)\\)");

  private final Params params;
  private final Set<String> usedNames = new HashSet<>();
  private final Set<String> usedValues = new HashSet<>();

  private Condition(Params params) {
    this.params = params;
  }

  /** What has to be equal, by attribute: for a key condition. */
  static Map<String, Item.Value> equalities(Params params, String expression) {
    Condition condition = new Condition(params);
    Map<String, Item.Value> equal = new LinkedHashMap<>();
    for (String term : expression.split(" AND ", -1)) {
      Matcher compares = COMPARES.matcher(term.strip());
      if (!compares.matches()) {
        throw AwsError.notModelled("the key condition '" + term + "' of dynamodb");
      }
      equal.put(condition.name(compares.group(1)), condition.value(compares.group(2)));
    }
    condition.checkAllUsed();
    return equal;
  }

  /**
   * Checks the condition of a write.
   *
   * @param present the item that is there, if any
   */
  static void check(Params params, Optional<Item> present) {
    Condition condition = new Condition(params);
    boolean holds = true;
    Optional<String> expression = params.text("ConditionExpression");
    if (expression.isPresent()) {
      for (String term : expression.get().split(" AND ", -1)) {
        holds &= condition.holds(term.strip(), present);
      }
    }
    condition.checkAllUsed();
    if (!holds) {
      throw DynamoDbErrors.conditionFailed();
    }
  }

  private boolean holds(String term, Optional<Item> present) {
    Matcher asks = ASKS.matcher(term);
    if (asks.matches()) {
      String name = name(asks.group(2));
      boolean exists = present.flatMap(item -> item.find(name)).isPresent();
      return exists == asks.group(1).equals("attribute_exists");
    }
    Matcher compares = COMPARES.matcher(term);
    if (compares.matches()) {
      String name = name(compares.group(1));
      Item.Value value = value(compares.group(2));
      return present.flatMap(item -> item.find(name)).filter(value::equals).isPresent();
    }
    throw AwsError.notModelled("the condition '" + term + "' of dynamodb");
  }

  private String name(String placeholder) {
    usedNames.add(placeholder);
    return params
        .structure("ExpressionAttributeNames")
        .flatMap(names -> names.text(placeholder))
        .orElseThrow(() -> undefined("name", placeholder));
  }

  private Item.Value value(String placeholder) {
    usedValues.add(placeholder);
    return params
        .structure("ExpressionAttributeValues")
        .flatMap(values -> values.structure(placeholder))
        .map(Item.Value::read)
        .orElseThrow(() -> undefined("value", placeholder));
  }

  private static AwsError undefined(String what, String placeholder) {
    return DynamoDbErrors.invalid(
        "Invalid expression: An expression attribute "
            + what
            + " used in expression is not defined; attribute "
            + what
            + ": "
            + placeholder);
  }

  private void checkAllUsed() {
    checkUsed("ExpressionAttributeNames", usedNames);
    checkUsed("ExpressionAttributeValues", usedValues);
  }

  private void checkUsed(String parameter, Set<String> used) {
    Set<String> unused = new TreeSet<>();
    params.structure(parameter).ifPresent(given -> unused.addAll(given.names()));
    unused.removeAll(used);
    if (!unused.isEmpty()) {
      throw DynamoDbErrors.invalid(
          "Value provided in " + parameter + " unused in expressions: keys: " + unused);
    }
  }
}
