package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Configurations of a bucket that are stored and returned, and change nothing else: lifecycle rules
 * move and expire nothing.
 */
final class BucketDocuments {

  private final S3State state;

  BucketDocuments(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    define(
        operations,
        "PutBucketLifecycleConfiguration GetBucketLifecycleConfiguration DeleteBucketLifecycle",
        "lifecycle",
        "LifecycleConfiguration",
        "NoSuchLifecycleConfiguration",
        BucketDocuments::lifecycle);
    define(
        operations,
        "PutBucketTagging GetBucketTagging DeleteBucketTagging",
        "tagging",
        "Tagging",
        "NoSuchTagSet",
        BucketDocuments::tagging);
    define(
        operations,
        "PutPublicAccessBlock GetPublicAccessBlock DeletePublicAccessBlock",
        PublicAccess.DOCUMENT,
        "PublicAccessBlockConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        PublicAccess::checked);
    define(
        operations,
        "PutBucketReplication GetBucketReplication DeleteBucketReplication",
        "replication",
        "ReplicationConfiguration",
        "ReplicationConfigurationNotFoundError",
        configuration -> configuration.allow("Role", "Rule"));
    operations.write(
        "PutBucketRequestPayment",
        r -> put(r, "requestPayment", "RequestPaymentConfiguration", BucketDocuments::payment, 200),
        "requestPayment");
    operations.read("GetBucketRequestPayment", this::getPayment, "requestPayment");
  }

  private void define(
      Operations operations,
      String names,
      String subResource,
      String root,
      String missing,
      UnaryOperator<Xml> check) {
    List<String> all = List.of(names.split(" "));
    int status = subResource.equals("tagging") ? 204 : 200;
    operations.write(
        all.get(0),
        r -> put(r, subResource, root, check, status),
        subResource,
        "x-amz-transition-default-minimum-object-size");
    operations.read(all.get(1), r -> get(r, subResource, missing), subResource);
    operations.write(all.get(2), r -> delete(r, subResource), subResource);
  }

  private RestAnswer put(
      S3Request request, String subResource, String root, UnaryOperator<Xml> check, int status)
      throws IOException {
    Xml document = check.apply(request.xml(root));
    return state.locked(
        () -> {
          state.bucket(request).documents.put(subResource, document);
          return RestAnswer.of(status, Map.of(), new byte[0]);
        });
  }

  private RestAnswer get(S3Request request, String subResource, String missing) {
    Xml document =
        state.locked(
            () ->
                Optional.ofNullable(state.bucket(request).documents.get(subResource))
                    .orElseThrow(
                        () ->
                            S3Errors.notFound(missing, "The " + subResource + " does not exist")));
    return XmlOut.of(document.name()).content(document).answer();
  }

  private RestAnswer delete(S3Request request, String subResource) {
    return state.locked(
        () -> {
          state.bucket(request).documents.remove(subResource);
          return RestAnswer.of(204, Map.of(), new byte[0]);
        });
  }

  private RestAnswer getPayment(S3Request request) {
    String payer =
        state.locked(
            () ->
                Optional.ofNullable(state.bucket(request).documents.get("requestPayment"))
                    .flatMap(document -> document.value("Payer"))
                    .orElse("BucketOwner"));
    return XmlOut.of("RequestPaymentConfiguration").put("Payer", payer).answer();
  }

  private static Xml payment(Xml configuration) {
    if (!configuration.required("Payer").matches("BucketOwner|Requester")) {
      throw S3Errors.malformedXml();
    }
    return configuration;
  }

  private static Xml tagging(Xml configuration) {
    TagSet.ofXml(configuration, TagSet.MOST_OF_BUCKET);
    return configuration;
  }

  private static Xml lifecycle(Xml configuration) {
    List<Xml> rules = configuration.allow("Rule").all("Rule");
    if (rules.isEmpty() || rules.size() > 1000) {
      throw S3Errors.malformedXml();
    }
    for (Xml rule : rules) {
      rule.allow(
          "Expiration",
          "ID",
          "Prefix",
          "Filter",
          "Status",
          "Transition",
          "NoncurrentVersionTransition",
          "NoncurrentVersionExpiration",
          "AbortIncompleteMultipartUpload");
      if (!rule.required("Status").matches("Enabled|Disabled")) {
        throw S3Errors.malformedXml();
      }
    }
    List<String> ids = rules.stream().flatMap(rule -> rule.value("ID").stream()).toList();
    if (ids.stream().distinct().count() < ids.size()) {
      throw AwsError.badRequest(
          "InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule");
    }
    return configuration;
  }
}
