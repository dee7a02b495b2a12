package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.List;

/**
 * Which operations a key's state lets through.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html">The key state
 *     table</a>
 */
final class StateRules {

  private StateRules() {}

  /** For cryptographic operations: a key that is being updated can be used. */
  static void requireUsable(KmsKey key) {
    if (!key.state().isUsable()) {
      throw refusal(key);
    }
  }

  /** For operations that a key that is being updated does not take. */
  static void requireEnabled(KmsKey key) {
    if (key.state() != KeyState.ENABLED) {
      throw refusal(key);
    }
  }

  /** For operations that every key takes but one that is to be deleted. */
  static void requireNotDeleting(KmsKey key) {
    if (key.state().isDeleting()) {
      throw invalid(key);
    }
  }

  /** For grants: an unavailable key takes them, and so does one that is being made or updated. */
  static void requireGrantable(KmsKey key) {
    boolean comesBack =
        List.of(KeyState.UNAVAILABLE, KeyState.CREATING, KeyState.UPDATING).contains(key.state());
    if (!comesBack) {
      requireEnabled(key);
    }
  }

  private static AwsError refusal(KmsKey key) {
    return key.state() == KeyState.DISABLED
        ? AwsError.badRequest("DisabledException", key.arn + " is disabled.")
        : invalid(key);
  }

  static AwsError invalid(KmsKey key) {
    return invalid(key.arn + " is " + key.state().words() + ".");
  }

  static AwsError invalid(String message) {
    return AwsError.badRequest("KMSInvalidStateException", message);
  }
}
