package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.JournalUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/**
 * Conditional writes and consistent reads. A write whose answer was lost is sent again by the SDK
 * and then refused by its own condition: so what is there is looked at before it counts as refused.
 * An interrupt does not cut a write off; it is seen afterwards. Safe for use by several threads.
 */
final class JournalTable {

  private static final String NAME_OF_PARTITION = "#partition";
  private static final String SEEN_NAME = "#seen";
  private static final String SEEN_VALUE = ":seen";
  private static final String IS_AS_SEEN = SEEN_NAME + " = " + SEEN_VALUE;

  private static final String DENIED =
      "may not be used by this caller. Allow it dynamodb:GetItem, dynamodb:PutItem,"
          + " dynamodb:DeleteItem and dynamodb:Query there";

  private final DynamoDbClient client;
  private final String name;

  JournalTable(DynamoDbClient client, String name) {
    this.client = client;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Puts an item, whatever is there. */
  void put(Map<String, AttributeValue> item) {
    call(() -> client.putItem(r -> r.tableName(name).item(item)));
  }

  /**
   * Puts an item where there is none.
   *
   * @return false if there is another one
   */
  boolean putIfAbsent(Map<String, AttributeValue> item) {
    PutItemRequest request =
        PutItemRequest.builder()
            .tableName(name)
            .item(item)
            .conditionExpression("attribute_not_exists(" + NAME_OF_PARTITION + ")")
            .expressionAttributeNames(Map.of(NAME_OF_PARTITION, Items.PARTITION))
            .build();
    return held(() -> client.putItem(request)) || isThere(item);
  }

  /**
   * Puts an item in the place of one that has a value.
   *
   * @return false if the one there has another value, or none is there
   */
  boolean replace(String name, AttributeValue value, Map<String, AttributeValue> item) {
    PutItemRequest request =
        PutItemRequest.builder()
            .tableName(this.name)
            .item(item)
            .conditionExpression(IS_AS_SEEN)
            .expressionAttributeNames(Map.of(SEEN_NAME, name))
            .expressionAttributeValues(Map.of(SEEN_VALUE, value))
            .build();
    return held(() -> client.putItem(request)) || isThere(item);
  }

  /**
   * Deletes an item that has a value.
   *
   * @return false if the one there has another value
   */
  boolean delete(String name, AttributeValue value, Map<String, AttributeValue> key) {
    DeleteItemRequest request =
        DeleteItemRequest.builder()
            .tableName(this.name)
            .key(key)
            .conditionExpression(IS_AS_SEEN)
            .expressionAttributeNames(Map.of(SEEN_NAME, name))
            .expressionAttributeValues(Map.of(SEEN_VALUE, value))
            .build();
    return held(() -> client.deleteItem(request)) || find(key).isEmpty();
  }

  Optional<Map<String, AttributeValue>> find(Map<String, AttributeValue> key) {
    return Optional.of(
            call(() -> client.getItem(r -> r.tableName(name).key(key).consistentRead(true))).item())
        .filter(item -> !item.isEmpty());
  }

  /** All items of a partition, in the order of their sort keys. */
  List<Map<String, AttributeValue>> all(String partition) {
    return call(
        () ->
            client
                .queryPaginator(
                    r ->
                        r.tableName(name)
                            .keyConditionExpression(NAME_OF_PARTITION + " = :partition")
                            .expressionAttributeNames(Map.of(NAME_OF_PARTITION, Items.PARTITION))
                            .expressionAttributeValues(Map.of(":partition", Items.text(partition)))
                            .consistentRead(true))
                .items()
                .stream()
                .toList());
  }

  private boolean isThere(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> key =
        Map.of(
            Items.PARTITION,
            Items.text(Items.value(item, Items.PARTITION)),
            Items.ENTRY,
            Items.text(Items.value(item, Items.ENTRY)));
    return find(key).filter(item::equals).isPresent();
  }

  private boolean held(Supplier<?> write) {
    try {
      call(write);
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  private <T> T call(Supplier<T> request) {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return request.get();
        } catch (AbortedException e) {
          if (!Thread.interrupted()) {
            throw unavailable("did not answer", e);
          }
          interrupted = true;
        }
      }
    } catch (ConditionalCheckFailedException e) {
      throw e;
    } catch (ResourceNotFoundException e) {
      throw unavailable(
          "is not there, or is being created. DynamoDbJournal.createTableRequest tells what it has"
              + " to be like",
          e);
    } catch (AwsServiceException e) {
      throw unavailable(isDenied(e) ? DENIED : "could not be used: " + e.getMessage(), e);
    } catch (SdkException | IllegalStateException e) { // the latter by a client that was closed
      throw unavailable("could not be used: " + e.getMessage(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isDenied(AwsServiceException e) {
    return e.awsErrorDetails() != null
        && "AccessDeniedException".equals(e.awsErrorDetails().errorCode());
  }

  private JournalUnavailableException unavailable(String what, RuntimeException e) {
    return new JournalUnavailableException(
        "The journal table " + name + " " + what + ". Nothing further was done.", e);
  }
}
