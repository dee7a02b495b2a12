package io.github.kmsrotation.aws;

import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * What a failed call to AWS means for the caller. The only place that classifies errors.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html">common
 *     errors</a>
 */
public enum AwsFailure {
  /** AWS refused to run the call because there were too many: it did not take effect. */
  THROTTLED,
  /** The call may or may not have taken effect: a server error, or no answer at all. */
  UNKNOWN_OUTCOME,
  /** The caller lacks a permission: the call did not take effect. */
  DENIED,
  /** AWS refused the call for what it says: it did not take effect. */
  REFUSED,
  /** The call never left this machine, for example because there are no credentials. */
  NOT_SENT;

  private static final Set<String> THROTTLING =
      Set.of(
          "Throttling",
          "ThrottlingException",
          "ThrottledException",
          "RequestLimitExceeded",
          "RequestThrottled",
          "RequestThrottledException",
          "TooManyRequestsException",
          "SlowDown",
          "PriorRequestNotComplete",
          "BandwidthLimitExceeded",
          "EC2ThrottledException");

  private static final Set<String> DENIALS =
      Set.of(
          "AccessDenied",
          "AccessDeniedException",
          "UnauthorizedOperation",
          "AuthFailure",
          "NotAuthorized",
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "ExpiredToken",
          "ExpiredTokenException",
          "SignatureDoesNotMatch",
          "MissingAuthenticationToken",
          "OptInRequired");

  /**
   * Classifies.
   *
   * @param failure what the SDK threw
   * @return what it means
   */
  public static AwsFailure of(RuntimeException failure) {
    if (failure instanceof AwsServiceException service) {
      return ofService(service);
    }
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return UNKNOWN_OUTCOME;
    }
    if (failure instanceof SdkClientException) {
      return hasIoCause(failure) ? UNKNOWN_OUTCOME : NOT_SENT;
    }
    return NOT_SENT;
  }

  private static AwsFailure ofService(AwsServiceException failure) {
    String code = errorCode(failure);
    if (THROTTLING.contains(code) || failure.statusCode() == 429) {
      return THROTTLED;
    }
    if (failure.statusCode() >= 500) {
      return UNKNOWN_OUTCOME;
    }
    if (DENIALS.contains(code) || failure.statusCode() == 401 || failure.statusCode() == 403) {
      return DENIED;
    }
    return REFUSED;
  }

  /**
   * The error code of AWS.
   *
   * @param failure what the SDK threw
   * @return the code, or an empty text if there was none
   */
  public static String errorCode(RuntimeException failure) {
    if (failure instanceof AwsServiceException service && service.awsErrorDetails() != null) {
      String code = service.awsErrorDetails().errorCode();
      return code == null ? "" : code;
    }
    return "";
  }

  private static boolean hasIoCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof java.io.IOException) {
        return true;
      }
    }
    return false;
  }
}
