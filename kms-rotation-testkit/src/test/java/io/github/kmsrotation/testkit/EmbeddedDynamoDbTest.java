package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Tables and items: what is there, under which conditions it is written, and in which order. */
class EmbeddedDynamoDbTest {

  private static final String TABLE = "orders";

  private final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final DynamoDbClient client = Clients.of(DynamoDbClient.builder(), aws);

  @AfterEach
  void close() {
    client.close();
    aws.close();
  }

  private static CreateTableRequest definition() {
    return CreateTableRequest.builder()
        .tableName(TABLE)
        .attributeDefinitions(
            List.of(
                AttributeDefinition.builder().attributeName("p").attributeType("S").build(),
                AttributeDefinition.builder().attributeName("s").attributeType("S").build()))
        .keySchema(
            List.of(
                KeySchemaElement.builder().attributeName("p").keyType("HASH").build(),
                KeySchemaElement.builder().attributeName("s").keyType("RANGE").build()))
        .billingMode("PAY_PER_REQUEST")
        .build();
  }

  private void table() {
    client.createTable(definition());
    aws.clock().advance(Duration.ofMinutes(1));
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static Map<String, AttributeValue> item(String partition, String sort, String value) {
    return Map.of("p", text(partition), "s", text(sort), "value", text(value));
  }

  private void put(Map<String, AttributeValue> item) {
    client.putItem(r -> r.tableName(TABLE).item(item));
  }

  private Map<String, AttributeValue> get(String partition, String sort) {
    return client
        .getItem(
            r ->
                r.tableName(TABLE)
                    .consistentRead(true)
                    .key(Map.of("p", text(partition), "s", text(sort))))
        .item();
  }

  private static void assertInvalid(String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DynamoDbException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationException"))
        .hasMessageContaining(message);
  }

  @Test
  void table_takesItems_onceItIsActive() {
    client.createTable(definition());
    assertThat(client.describeTable(r -> r.tableName(TABLE)).table().tableStatusAsString())
        .isEqualTo("CREATING");
    assertThatThrownBy(() -> put(item("a", "1", "x")))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(() -> client.createTable(definition()))
        .isInstanceOf(ResourceInUseException.class);

    aws.clock().advance(Duration.ofMinutes(1));

    put(item("a", "1", "x"));
    assertThat(get("a", "1")).isEqualTo(item("a", "1", "x"));
    assertThat(get("a", "2")).isEmpty();
    assertThat(client.describeTable(r -> r.tableName(TABLE)).table().tableStatusAsString())
        .isEqualTo("ACTIVE");
  }

  @Test
  void table_thatIsNotThere_isRefused() {
    assertThatThrownBy(() -> get("a", "1")).isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void put_underACondition_isCarriedOutOnlyIfItHolds() {
    table();
    put(item("a", "1", "x"));

    assertThatThrownBy(
            () ->
                client.putItem(
                    r ->
                        r.tableName(TABLE)
                            .item(item("a", "1", "y"))
                            .conditionExpression("attribute_not_exists(#p)")
                            .expressionAttributeNames(Map.of("#p", "p"))))
        .isInstanceOf(ConditionalCheckFailedException.class);
    assertThat(get("a", "1")).isEqualTo(item("a", "1", "x"));

    client.putItem(
        r ->
            r.tableName(TABLE)
                .item(item("a", "1", "y"))
                .conditionExpression("attribute_exists(#p) AND #v = :x")
                .expressionAttributeNames(Map.of("#p", "p", "#v", "value"))
                .expressionAttributeValues(Map.of(":x", text("x"))));
    assertThat(get("a", "1")).isEqualTo(item("a", "1", "y"));
  }

  @Test
  void delete_underACondition_isCarriedOutOnlyIfItHolds() {
    table();
    put(item("a", "1", "x"));
    Map<String, AttributeValue> key = Map.of("p", text("a"), "s", text("1"));
    for (String seen : List.of("y", "x")) {
      ThrowingCallable delete =
          () ->
              client.deleteItem(
                  r ->
                      r.tableName(TABLE)
                          .key(key)
                          .conditionExpression("#v = :seen")
                          .expressionAttributeNames(Map.of("#v", "value"))
                          .expressionAttributeValues(Map.of(":seen", text(seen))));
      if (seen.equals("y")) {
        assertThatThrownBy(delete).isInstanceOf(ConditionalCheckFailedException.class);
        assertThat(get("a", "1")).isNotEmpty();
      } else {
        assertThatCode(delete).doesNotThrowAnyException();
        assertThat(get("a", "1")).isEmpty();
      }
    }
    // Deleting what is not there is no error.
    client.deleteItem(r -> r.tableName(TABLE).key(key));
  }

  @Test
  void query_givesAPartition_inTheOrderOfBytes_inPages() {
    table();
    String large = "x".repeat(300 * 1024);
    for (String sort : List.of("b", "a", "B", "\uFB03", "\uD83D\uDE00", "\u00fc")) {
      put(item("a", sort, large));
    }
    put(item("b", "0", "x"));

    QueryResponse first =
        client.query(
            r ->
                r.tableName(TABLE)
                    .consistentRead(true)
                    .keyConditionExpression("#p = :a")
                    .expressionAttributeNames(Map.of("#p", "p"))
                    .expressionAttributeValues(Map.of(":a", text("a"))));
    assertThat(first.items())
        .extracting(i -> i.get("s"))
        .containsExactly(text("B"), text("a"), text("b"), text("\u00fc"));
    QueryResponse second =
        client.query(
            r ->
                r.tableName(TABLE)
                    .consistentRead(true)
                    .keyConditionExpression("#p = :a")
                    .expressionAttributeNames(Map.of("#p", "p"))
                    .expressionAttributeValues(Map.of(":a", text("a")))
                    .exclusiveStartKey(first.lastEvaluatedKey()));
    assertThat(second.items())
        .extracting(i -> i.get("s"))
        .containsExactly(text("\uFB03"), text("\uD83D\uDE00"));
    assertThat(second.hasLastEvaluatedKey()).isFalse();
  }

  @Test
  void numbersAndBinaries_areKept() {
    table();
    Map<String, AttributeValue> item =
        Map.of(
            "p",
            text("a"),
            "s",
            text("1"),
            "n",
            AttributeValue.fromN("1.50"),
            "b",
            AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, 1, -1})));
    put(item);

    assertThat(get("a", "1")).containsEntry("n", AttributeValue.fromN("1.5"));
    assertThat(get("a", "1")).containsEntry("b", item.get("b"));
  }

  @Test
  void items_thatAwsRefuses_areRefused() {
    table();
    assertInvalid("Missing the key s", () -> put(Map.of("p", text("a"))));
    assertInvalid(
        "Type mismatch", () -> put(Map.of("p", text("a"), "s", AttributeValue.fromN("1"))));
    assertInvalid("must have 1 to", () -> put(item("", "1", "x")));
    assertInvalid("must have 1 to", () -> put(item("a", "s".repeat(1025), "x")));
    assertInvalid("Item size", () -> put(item("a", "1", "x".repeat(400 * 1024))));
    assertInvalid(
        "numeric",
        () -> put(Map.of("p", text("a"), "s", text("1"), "n", AttributeValue.fromN("one"))));
    assertInvalid(
        "38 significant digits",
        () ->
            put(
                Map.of(
                    "p",
                    text("a"),
                    "s",
                    text("1"),
                    "n",
                    AttributeValue.fromN(
                        IntStream.range(0, 39).mapToObj(i -> "1").reduce("", String::concat)))));
  }

  @Test
  void expressions_thatAwsRefuses_areRefused() {
    table();
    assertInvalid(
        "unused in expressions",
        () ->
            client.putItem(
                r ->
                    r.tableName(TABLE)
                        .item(item("a", "1", "x"))
                        .conditionExpression("attribute_not_exists(#p)")
                        .expressionAttributeNames(Map.of("#p", "p", "#q", "q"))));
    assertInvalid(
        "not defined",
        () ->
            client.putItem(
                r ->
                    r.tableName(TABLE)
                        .item(item("a", "1", "x"))
                        .conditionExpression("#p = :nothing")
                        .expressionAttributeNames(Map.of("#p", "p"))));
  }
}
