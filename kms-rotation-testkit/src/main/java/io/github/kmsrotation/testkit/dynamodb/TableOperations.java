package io.github.kmsrotation.testkit.dynamodb;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tables with a partition key and a sort key, paid by request.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html">CreateTable</a>
 */
final class TableOperations {

  private static final Duration CREATING = Duration.ofSeconds(10);

  private final Tables tables;
  private final Timeline timeline;

  TableOperations(Tables tables, Timeline timeline) {
    this.tables = tables;
    this.timeline = timeline;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateTable",
        Operation.write(
            this::create,
            "TableName",
            "AttributeDefinitions",
            "KeySchema",
            "BillingMode",
            "DeletionProtectionEnabled"));
    operations.put("DescribeTable", Operation.read(this::describe, "TableName"));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    String name = params.required("TableName");
    if (!name.matches("[a-zA-Z0-9_.-]{3,255}")) {
      throw DynamoDbErrors.invalid(
          "TableName must be at least 3 characters long and at most 255 characters long, of"
              + " [a-zA-Z0-9_.-]");
    }
    if (!params.text("BillingMode").equals(Optional.of("PAY_PER_REQUEST"))) {
      throw AwsError.notModelled("tables of dynamodb that are not PAY_PER_REQUEST");
    }
    String partitionKey = key(params, "HASH");
    String sortKey = key(params, "RANGE");
    if (params.structures("AttributeDefinitions").size() != 2) {
      throw DynamoDbErrors.invalid(
          "One or more parameter values were invalid: Number of attributes in KeySchema does not"
              + " exactly match number of attributes defined in AttributeDefinitions");
    }
    if (tables.find(request).isPresent()) {
      throw DynamoDbErrors.inUse("Table already exists: " + name);
    }
    Table table = new Table(name, tables.arn(request), partitionKey, sortKey, timeline.now());
    tables.add(table);
    timeline.after(CREATING, () -> table.isActive = true);
    return Map.of("TableDescription", description(table));
  }

  private static String key(Params params, String keyType) {
    String name =
        params.structures("KeySchema").stream()
            .filter(key -> key.required("KeyType").equals(keyType))
            .map(key -> key.required("AttributeName"))
            .findFirst()
            .orElseThrow(() -> AwsError.notModelled("tables of dynamodb without a key " + keyType));
    boolean isText =
        params.structures("AttributeDefinitions").stream()
            .anyMatch(
                attribute ->
                    attribute.required("AttributeName").equals(name)
                        && attribute.required("AttributeType").equals("S"));
    if (!isText) {
      throw AwsError.notModelled("keys of dynamodb that are not of type S");
    }
    return name;
  }

  private Map<String, Object> describe(AwsRequest request) {
    return Map.of("Table", description(tables.existing(request)));
  }

  private static Map<String, Object> description(Table table) {
    return Map.of(
        "TableName",
        table.name,
        "TableArn",
        table.arn,
        "TableStatus",
        table.isActive ? "ACTIVE" : "CREATING",
        "CreationDateTime",
        table.createdAt.toEpochMilli() / 1000.0,
        "BillingModeSummary",
        Map.of("BillingMode", "PAY_PER_REQUEST"),
        "KeySchema",
        List.of(
            Map.of("AttributeName", table.partitionKey, "KeyType", "HASH"),
            Map.of("AttributeName", table.sortKey, "KeyType", "RANGE")),
        "AttributeDefinitions",
        List.of(
            Map.of("AttributeName", table.partitionKey, "AttributeType", "S"),
            Map.of("AttributeName", table.sortKey, "AttributeType", "S")));
  }
}
