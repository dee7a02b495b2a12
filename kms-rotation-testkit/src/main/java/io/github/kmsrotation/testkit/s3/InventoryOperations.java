package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Configurations of S3 Inventory, which are stored and returned: no report is ever made.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketInventoryConfigurations.html">ListBucketInventoryConfigurations</a>
 */
final class InventoryOperations {

  private static final String STORED_AS = "inventory ";

  private final S3State state;

  InventoryOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write("PutBucketInventoryConfiguration", this::put, "inventory id");
    operations.read(
        "ListBucketInventoryConfigurations",
        request -> state.locked(() -> list(request)),
        "inventory id continuation-token");
    operations.write(
        "DeleteBucketInventoryConfiguration",
        request -> state.locked(() -> delete(request)),
        "inventory id");
  }

  private static String id(S3Request request) {
    return request
        .query("id")
        .filter(id -> id.matches("[A-Za-z0-9_.-]{1,64}"))
        .orElseThrow(() -> AwsError.badRequest("InvalidConfigurationId", "The id is not valid."));
  }

  private RestAnswer put(S3Request request) throws IOException {
    String id = id(request);
    Xml configuration =
        request
            .xmlWithoutChecksum("InventoryConfiguration")
            .allow(
                "Destination",
                "IsEnabled",
                "Filter",
                "Id",
                "IncludedObjectVersions",
                "OptionalFields",
                "Schedule");
    if (!configuration.required("Id").equals(id)
        || !configuration.required("IncludedObjectVersions").matches("All|Current")) {
      throw S3Errors.malformedXml();
    }
    return state.locked(
        () -> {
          state.bucket(request).documents.put(STORED_AS + id, configuration);
          return RestAnswer.of(204, Map.of(), new byte[0]);
        });
  }

  private RestAnswer list(S3Request request) {
    if (request.query("id").isPresent()) {
      throw AwsError.notModelled("s3:GetBucketInventoryConfiguration");
    }
    XmlOut out = XmlOut.of("ListInventoryConfigurationsResult").put("IsTruncated", false);
    new TreeMap<>(state.bucket(request).documents)
        .forEach(
            (name, document) -> {
              if (name.startsWith(STORED_AS)) {
                out.put(document);
              }
            });
    return out.answer();
  }

  private RestAnswer delete(S3Request request) {
    if (state.bucket(request).documents.remove(STORED_AS + id(request)) == null) {
      throw S3Errors.notFound("NoSuchConfiguration", "The specified configuration does not exist.");
    }
    return RestAnswer.of(204, Map.of(), new byte[0]);
  }
}
