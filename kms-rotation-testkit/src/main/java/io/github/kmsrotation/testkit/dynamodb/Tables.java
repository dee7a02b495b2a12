package io.github.kmsrotation.testkit.dynamodb;

import io.github.kmsrotation.testkit.http.AwsRequest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The tables of all Regions, by name. A table may be named by its ARN, too. */
final class Tables {

  private final String accountId;
  private final Map<String, Table> byArn = new TreeMap<>();

  Tables(String accountId) {
    this.accountId = accountId;
  }

  String arn(AwsRequest request) {
    String name = request.params().required("TableName");
    return name.startsWith("arn:")
        ? name
        : "arn:aws:dynamodb:" + request.region() + ":" + accountId + ":table/" + name;
  }

  Optional<Table> find(AwsRequest request) {
    return Optional.ofNullable(byArn.get(arn(request)));
  }

  Table existing(AwsRequest request) {
    return find(request).orElseThrow(DynamoDbErrors::noSuchTable);
  }

  /** A table that is being created has no items yet, nor takes any. */
  Table active(AwsRequest request) {
    return find(request).filter(table -> table.isActive).orElseThrow(DynamoDbErrors::noSuchTable);
  }

  void add(Table table) {
    byArn.put(table.arn, table);
  }

  void remove(Table table) {
    byArn.remove(table.arn);
  }
}
