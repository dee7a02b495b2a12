package io.github.kmsrotation.aws;

import java.util.function.Supplier;

/** Makes calls that change nothing, and tries them again when AWS throttles or fails. */
public interface AwsReader {

  /**
   * Makes a call that changes nothing.
   *
   * @param <T> the answer's type
   * @param operation the IAM action, for messages
   * @param call the call
   * @return the answer
   * @throws AwsUnavailableException if AWS kept failing
   * @throws io.github.kmsrotation.error.MissingPermissionException if the caller may not
   * @throws io.github.kmsrotation.error.ClientConfigurationException if there are no credentials
   */
  <T> T read(String operation, Supplier<T> call);
}
