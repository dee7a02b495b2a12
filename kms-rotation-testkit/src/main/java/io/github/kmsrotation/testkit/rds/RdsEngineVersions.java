package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.List;
import java.util.Map;

/** {@code DescribeDBEngineVersions}: what DB instances can be created of. */
final class RdsEngineVersions {

  void define(Map<String, Operation> operations) {
    operations.put(
        "DescribeDBEngineVersions",
        Operation.read(this::describe, "IncludeAll", "MaxRecords", "Marker"));
  }

  private Map<String, Object> describe(AwsRequest request) {
    request.params().truth("IncludeAll");
    List<Map<String, Object>> versions =
        EngineVersion.all()
            .map(
                version ->
                    Map.<String, Object>of(
                        "Engine",
                        version.engine(),
                        "EngineVersion",
                        version.major(),
                        "DBParameterGroupFamily",
                        version.family(),
                        "Status",
                        "available"))
            .toList();
    return RdsStore.page(request.params(), "DBEngineVersions", "DBEngineVersion", versions);
  }
}
