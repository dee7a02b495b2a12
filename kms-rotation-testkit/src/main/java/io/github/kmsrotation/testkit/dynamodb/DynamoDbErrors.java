package io.github.kmsrotation.testkit.dynamodb;

import io.github.kmsrotation.testkit.http.AwsError;

/**
 * DynamoDB's errors.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html">Error
 *     handling with DynamoDB</a>
 */
final class DynamoDbErrors {

  static final String VALIDATION = "ValidationException";

  private DynamoDbErrors() {}

  static AwsError invalid(String message) {
    return AwsError.badRequest(VALIDATION, message);
  }

  static AwsError conditionFailed() {
    return AwsError.badRequest("ConditionalCheckFailedException", "The conditional request failed");
  }

  static AwsError noSuchTable() {
    return AwsError.badRequest("ResourceNotFoundException", "Requested resource not found");
  }

  static AwsError inUse(String message) {
    return AwsError.badRequest("ResourceInUseException", message);
  }
}
