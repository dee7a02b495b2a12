package io.github.kmsrotation.testkit.dynamodb;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An item: texts, numbers and binaries by name.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html">Quotas</a>
 */
record Item(Map<String, Value> values) {

  /** DynamoDB sorts texts by their UTF-8 bytes, taken as unsigned. */
  static final Comparator<String> BY_UTF8 =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private static final int MOST_BYTES = 400 * 1024;
  private static final int MOST_PARTITION_KEY = 2048;
  private static final int MOST_SORT_KEY = 1024;

  /**
   * A value.
   *
   * @param type {@code S}, {@code N} or {@code B}
   * @param text the text, the number, or the binary in Base64
   */
  record Value(String type, String text) {

    static Value read(Params wire) {
      if (wire.names().size() != 1) {
        throw DynamoDbErrors.invalid(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of"
                + " the supported datatypes");
      }
      String type = wire.names().iterator().next();
      String text = wire.required(type);
      return switch (type) {
        case "S" -> new Value(type, text);
        case "N" -> new Value(type, number(text));
        case "B" -> new Value(type, text);
        default -> throw AwsError.notModelled("the attribute type " + type + " of dynamodb");
      };
    }

    private static String number(String text) {
      try {
        BigDecimal number = new BigDecimal(text).stripTrailingZeros();
        if (number.precision() > 38) {
          throw DynamoDbErrors.invalid(
              "Attempting to store more than 38 significant digits in a Number");
        }
        return number.toPlainString();
      } catch (NumberFormatException e) {
        throw DynamoDbErrors.invalid(
            "The parameter cannot be converted to a numeric value: " + text);
      }
    }

    int size() {
      return switch (type) {
        case "B" -> Base64.getDecoder().decode(text).length;
        default -> text.getBytes(StandardCharsets.UTF_8).length;
      };
    }

    Map<String, Object> wire() {
      return Map.of(type, text);
    }
  }

  static Item read(Params wire) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (String name : wire.names()) {
      values.put(name, Value.read(wire.structure(name).orElseThrow()));
    }
    Item item = new Item(values);
    if (item.size() > MOST_BYTES) {
      throw DynamoDbErrors.invalid("Item size has exceeded the maximum allowed size");
    }
    return item;
  }

  int size() {
    return values.entrySet().stream()
        .mapToInt(
            value ->
                value.getKey().getBytes(StandardCharsets.UTF_8).length + value.getValue().size())
        .sum();
  }

  Optional<Value> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  String partition(Table table) {
    return key(table.partitionKey, MOST_PARTITION_KEY);
  }

  String sort(Table table) {
    return key(table.sortKey, MOST_SORT_KEY);
  }

  private String key(String name, int most) {
    Value value =
        find(name)
            .orElseThrow(
                () ->
                    DynamoDbErrors.invalid(
                        "One or more parameter values were invalid: Missing the key "
                            + name
                            + " in the item"));
    if (!value.type().equals("S")) {
      throw DynamoDbErrors.invalid(
          "One or more parameter values were invalid: Type mismatch for key "
              + name
              + " expected: S actual: "
              + value.type());
    }
    if (value.text().isEmpty() || value.size() > most) {
      throw DynamoDbErrors.invalid(
          "One or more parameter values are not valid. The key "
              + name
              + " must have 1 to "
              + most
              + " bytes");
    }
    return value.text();
  }

  Map<String, Object> wire() {
    Map<String, Object> wire = new LinkedHashMap<>();
    values.forEach((name, value) -> wire.put(name, value.wire()));
    return wire;
  }
}
