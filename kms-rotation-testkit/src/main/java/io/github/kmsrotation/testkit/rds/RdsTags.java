package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.Map;

/** Tags by ARN. */
final class RdsTags {

  private final RdsStore store;

  RdsTags(RdsStore store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put("AddTagsToResource", Operation.write(this::add, "ResourceName", "Tags"));
    operations.put(
        "RemoveTagsFromResource", Operation.write(this::remove, "ResourceName", "TagKeys"));
    operations.put("ListTagsForResource", Operation.read(this::list, "ResourceName"));
  }

  private Map<String, String> tags(AwsRequest request) {
    String arn = request.params().required("ResourceName");
    String[] parts = arn.split(":", 7);
    if (parts.length == 7 && parts[5].equals("db")) {
      return store.instance(parts[3], parts[6]).tags;
    }
    if (parts.length == 7 && parts[5].equals("snapshot")) {
      return store.snapshot(parts[3], parts[6]).tags;
    }
    if (parts.length == 7 && parts[5].equals("cluster")) {
      return store.cluster(parts[3], parts[6]).tags;
    }
    if (parts.length == 7 && parts[5].equals("cluster-snapshot")) {
      return store.clusterSnapshot(parts[3], parts[6]).tags;
    }
    for (GroupKind kind : GroupKind.values()) {
      if (parts.length == 7 && parts[5].equals(kind.arnType)) {
        return store.groups.find(kind, parts[3], parts[6]).tags;
      }
    }
    throw AwsError.badRequest("InvalidParameterValue", "Unknown resource: " + arn);
  }

  private Map<String, Object> add(AwsRequest request) {
    Tags.put(tags(request), request.params());
    return Map.of();
  }

  private Map<String, Object> remove(AwsRequest request) {
    tags(request).keySet().removeAll(request.params().texts("TagKeys"));
    return Map.of();
  }

  private Map<String, Object> list(AwsRequest request) {
    return Map.of("TagList", Tags.xml(tags(request)));
  }
}
