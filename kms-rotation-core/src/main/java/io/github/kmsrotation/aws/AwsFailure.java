package io.github.kmsrotation.aws;

import static java.util.regex.Pattern.CASE_INSENSITIVE;
import static java.util.regex.Pattern.DOTALL;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * What a failed call to AWS means for the caller. The only place that classifies errors.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html">common
 *     errors</a>
 */
public enum AwsFailure {
  /** AWS refused to run the call because there were too many: it did not take effect. */
  THROTTLED,
  /** The call may or may not have taken effect: a server error, or no answer that can be read. */
  UNKNOWN_OUTCOME,
  /** The caller lacks a permission: the call did not take effect. */
  DENIED,
  /** AWS refused the call for what it says: it did not take effect. */
  REFUSED,
  /**
   * It is certain that the call never left this machine: there are no credentials, the endpoint's
   * name is unknown, or no connection was made.
   */
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

  private static final Set<String> PERMISSIONS =
      Set.of("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized");

  private static final Set<String> CREDENTIALS =
      Set.of(
          "AuthFailure",
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "ExpiredToken",
          "ExpiredTokenException",
          "SignatureDoesNotMatch");

  private static final Pattern ENCODED =
      Pattern.compile("\\(?encoded (authorization failure )?message.*", CASE_INSENSITIVE | DOTALL);

  /** How the SDK begins to say that it has nothing to sign with: it does so before it sends. */
  private static final List<String> NO_CREDENTIALS =
      List.of(
          "Unable to load credentials",
          "Failed to load credentials",
          "Unable to load region",
          "Profile file contained no credentials");

  /**
   * Classifies.
   *
   * @param failure what the SDK threw
   * @return what it means; {@link #UNKNOWN_OUTCOME} when in doubt, as for a call that an interrupt
   *     aborted, an answer that could not be parsed, or an exception that is not the SDK's
   */
  public static AwsFailure of(RuntimeException failure) {
    if (failure instanceof SdkServiceException service) {
      return ofService(service);
    }
    return isUnconfigured(failure) || isUnreachable(failure) ? NOT_SENT : UNKNOWN_OUTCOME;
  }

  private static AwsFailure ofService(SdkServiceException failure) {
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

  private static boolean isUnconfigured(RuntimeException failure) {
    return failure instanceof SdkClientException client
        && NO_CREDENTIALS.stream().anyMatch(String.valueOf(client.rawMessage())::startsWith);
  }

  /**
   * Whether no connection was made, so that nothing left. Only where it was the only attempt: the
   * SDK throws the last attempt's failure, and one before may have been sent and lost its answer.
   */
  static boolean isUnreachable(RuntimeException failure) {
    if (!(failure instanceof SdkClientException client)
        || (client.numAttempts() != null && client.numAttempts() > 1)
        || client.getSuppressed().length > 0) {
      return false;
    }
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException || cause instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  /** Whether AWS does not know the caller at all, so that no permission would help. */
  static boolean isOfCredentials(RuntimeException failure) {
    return CREDENTIALS.contains(errorCode(failure));
  }

  /**
   * AWS's own sentence about a permission that is lacking, which names principal, action and
   * resource. Not of other denials: that of a signature repeats the request with its session token.
   * EC2 appends an encoded message that may hold privileged information, which is left out.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html">
   *     DecodeAuthorizationMessage</a>
   */
  static Optional<String> deniedPermission(RuntimeException failure) {
    if (!PERMISSIONS.contains(errorCode(failure))
        || !(failure instanceof AwsServiceException service)
        || service.awsErrorDetails().errorMessage() == null) {
      return Optional.empty();
    }
    String text = service.awsErrorDetails().errorMessage();
    String sentence = ENCODED.matcher(text).replaceFirst("").strip();
    if (sentence.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(sentence.endsWith(".") ? sentence : sentence + ".");
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
}
