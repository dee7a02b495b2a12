package io.github.kmsrotation.testkit.dynamodb;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * Items, read consistently and written under conditions.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html">PutItem</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html">Query</a>
 */
final class ItemOperations {

  private static final int MOST_BYTES_OF_A_PAGE = 1024 * 1024;

  private final Tables tables;

  ItemOperations(Tables tables) {
    this.tables = tables;
  }

  void define(Map<String, Operation> operations) {
    operations.put("GetItem", Operation.read(this::get, "TableName", "Key", "ConsistentRead"));
    operations.put(
        "PutItem",
        Operation.write(
            this::put,
            "TableName",
            "Item",
            "ConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues"));
    operations.put(
        "DeleteItem",
        Operation.write(
            this::delete,
            "TableName",
            "Key",
            "ConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues"));
    operations.put(
        "Query",
        Operation.read(
            this::query,
            "TableName",
            "KeyConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ConsistentRead",
            "Limit",
            "ExclusiveStartKey"));
  }

  private Map<String, Object> get(AwsRequest request) {
    requireConsistent(request.params());
    Table table = tables.active(request);
    Item key = key(request.params(), "Key", table);
    Item found = table.partition(key.partition(table)).get(key.sort(table));
    return found == null ? Map.of() : Map.of("Item", found.wire());
  }

  private Map<String, Object> put(AwsRequest request) {
    Table table = tables.active(request);
    Item item = Item.read(structure(request.params(), "Item"));
    NavigableMap<String, Item> partition = table.partition(item.partition(table));
    String sort = item.sort(table);
    Condition.check(request.params(), Optional.ofNullable(partition.get(sort)));
    partition.put(sort, item);
    return Map.of();
  }

  private Map<String, Object> delete(AwsRequest request) {
    Table table = tables.active(request);
    Item key = key(request.params(), "Key", table);
    NavigableMap<String, Item> partition = table.partition(key.partition(table));
    String sort = key.sort(table);
    Condition.check(request.params(), Optional.ofNullable(partition.get(sort)));
    partition.remove(sort);
    return Map.of();
  }

  private Map<String, Object> query(AwsRequest request) {
    Params params = request.params();
    requireConsistent(params);
    Table table = tables.active(request);
    Map<String, Item.Value> equal =
        Condition.equalities(params, params.required("KeyConditionExpression"));
    Item.Value partition = equal.get(table.partitionKey);
    if (partition == null || equal.size() != 1) {
      throw AwsError.notModelled("a Query of dynamodb by anything but the partition key");
    }
    NavigableMap<String, Item> items = table.partition(partition.text());
    if (params.has("ExclusiveStartKey")) {
      items = items.tailMap(key(params, "ExclusiveStartKey", table).sort(table), false);
    }
    return page(table, items, params.number("Limit").orElse(Integer.MAX_VALUE));
  }

  private static Map<String, Object> page(
      Table table, NavigableMap<String, Item> items, int limit) {
    List<Map<String, Object>> page = new ArrayList<>();
    Map<String, Object> answer = new LinkedHashMap<>();
    int bytes = 0;
    for (Item item : items.values()) {
      page.add(item.wire());
      bytes += item.size();
      if (page.size() == limit || bytes >= MOST_BYTES_OF_A_PAGE) {
        Map<String, Object> last = new LinkedHashMap<>();
        for (String key : List.of(table.partitionKey, table.sortKey)) {
          last.put(key, item.find(key).orElseThrow().wire());
        }
        answer.put("LastEvaluatedKey", last);
        break;
      }
    }
    answer.put("Items", page);
    answer.put("Count", page.size());
    answer.put("ScannedCount", page.size());
    return answer;
  }

  /** What may be stale is of no use to a journal, so staleness is not modelled. */
  private static void requireConsistent(Params params) {
    if (!params.truth("ConsistentRead").orElse(false)) {
      throw AwsError.notModelled("reads of dynamodb without ConsistentRead");
    }
  }

  private static Item key(Params params, String parameter, Table table) {
    Item key = Item.read(structure(params, parameter));
    key.partition(table);
    key.sort(table);
    if (key.values().size() != 2) {
      throw DynamoDbErrors.invalid("The provided key element does not match the schema");
    }
    return key;
  }

  private static Params structure(Params params, String name) {
    return params
        .structure(name)
        .orElseThrow(() -> DynamoDbErrors.invalid("The parameter " + name + " must be provided."));
  }
}
