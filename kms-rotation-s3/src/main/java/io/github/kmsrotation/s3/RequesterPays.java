package io.github.kmsrotation.s3;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/** Adds to every call that the caller pays for it. */
final class RequesterPays {

  private static final String HEADER = "x-amz-request-payer";

  private RequesterPays() {}

  static S3Api of(S3Api api) {
    return (S3Api)
        Proxy.newProxyInstance(
            S3Api.class.getClassLoader(),
            new Class<?>[] {S3Api.class},
            (proxy, method, arguments) -> call(api, method, arguments));
  }

  private static @Nullable Object call(S3Api api, Method method, Object @Nullable [] given)
      throws Throwable {
    Object[] arguments = given == null ? new Object[0] : given.clone();
    if (arguments.length > 0 && arguments[0] instanceof AwsRequest request) {
      arguments[0] = paid(request);
    }
    try {
      return method.invoke(api, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static AwsRequest paid(AwsRequest request) {
    AwsRequestOverrideConfiguration override =
        request
            .overrideConfiguration()
            .map(AwsRequestOverrideConfiguration::toBuilder)
            .orElseGet(AwsRequestOverrideConfiguration::builder)
            .putHeader(HEADER, "requester")
            .build();
    return request.toBuilder().overrideConfiguration(override).build();
  }
}
