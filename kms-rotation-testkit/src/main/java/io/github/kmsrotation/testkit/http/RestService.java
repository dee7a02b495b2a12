package io.github.kmsrotation.testkit.http;

import java.util.Map;

/** A service of the embedded AWS that routes by method and path, and streams bodies. */
public interface RestService {

  /**
   * The name that calls are remembered by.
   *
   * @return for example {@code s3}
   */
  String name();

  /**
   * The name that requests to it are signed for, which services may share.
   *
   * @return for example {@code s3}
   */
  String signingName();

  /**
   * Whether a request that is signed for it is for it.
   *
   * @param request the request
   * @return true if so
   */
  boolean takes(RestRequest request);

  /**
   * The name of the operation.
   *
   * @param request the request
   * @return its name, which need not be among {@link #operations}
   * @throws AwsError if there is none
   */
  String operation(RestRequest request);

  /**
   * What it can do.
   *
   * @return operations by name
   */
  Map<String, RestOperation> operations();

  /**
   * Writes an error.
   *
   * @param error the error
   * @param request what was asked
   * @param requestId the id of the request
   * @return an answer
   */
  RestAnswer error(AwsError error, RestRequest request, String requestId);

  /**
   * How it throttles.
   *
   * @return an error
   */
  AwsError throttled();
}
