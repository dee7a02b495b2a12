package io.github.kmsrotation.testkit.http;

/**
 * A call as a service sees it.
 *
 * @param region the Region that it was signed for
 * @param accountId the caller's account
 * @param operation the operation
 * @param params its parameters
 */
public record AwsRequest(String region, String accountId, String operation, Params params) {}
