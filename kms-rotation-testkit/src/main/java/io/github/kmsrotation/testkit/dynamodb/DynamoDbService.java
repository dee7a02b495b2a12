package io.github.kmsrotation.testkit.dynamodb;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.JsonProtocol;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.WireProtocol;
import java.util.LinkedHashMap;
import java.util.Map;

/** The embedded DynamoDB. Used under the embedded AWS's lock. */
public final class DynamoDbService implements AwsService {

  private final WireProtocol protocol = JsonProtocol.version10("DynamoDB_20120810");
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  /**
   * @param accountId the account of all tables
   * @param timeline what happens later
   */
  public DynamoDbService(String accountId, Timeline timeline) {
    Tables tables = new Tables(accountId);
    new TableOperations(tables, timeline).define(operations);
    new ItemOperations(tables).define(operations);
  }

  @Override
  public String name() {
    return "dynamodb";
  }

  @Override
  public WireProtocol protocol() {
    return protocol;
  }

  @Override
  public Map<String, Operation> operations() {
    return operations;
  }
}
