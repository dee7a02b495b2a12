package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The buckets of tokens from which EC2 serves each API in a Region, with AWS's default sizes and
 * refills, by its clock. Instances that are launched, started, stopped or terminated have a second
 * bucket, of a token each.
 *
 * @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html">Request
 *     throttling for the Amazon EC2 API</a>
 */
final class RequestRates {

  private record Rate(int capacity, double perSecond) {}

  private static final Rate READ = new Rate(100, 20);
  private static final Rate UNFILTERED_READ = new Rate(50, 10);
  private static final Rate MUTATING = new Rate(50, 5);

  private static final Set<String> DEAR_IF_UNFILTERED =
      Set.of("DescribeInstances", "DescribeInstanceStatus", "DescribeSnapshots", "DescribeVolumes");

  private static final Map<Rate, List<String>> UNCATEGORIZED =
      Map.of(
          new Rate(100, 5),
          List.of(
              "CreateSnapshot",
              "CreateSnapshots",
              "CreateVolume",
              "DeleteSnapshot",
              "DeleteVolume",
              "DeregisterImage",
              "ModifyImageAttribute",
              "ModifyNetworkInterfaceAttribute",
              "ModifySnapshotAttribute",
              "TerminateInstances"),
          new Rate(100, 10),
          List.of("CreateTags", "DeleteTags"),
          new Rate(5, 2),
          List.of("RunInstances", "StartInstances"),
          new Rate(100, 1),
          List.of("CopyImage"));

  private static final Map<String, Rate> OF_RESOURCES =
      Map.of(
          "RunInstances", new Rate(1_000, 2),
          "StartInstances", new Rate(1_000, 2),
          "StopInstances", new Rate(1_000, 20),
          "TerminateInstances", new Rate(1_000, 20));

  private static final class Bucket {
    private double tokens;
    private Instant last;

    Bucket(Rate rate, Instant now) {
      tokens = rate.capacity();
      last = now;
    }

    boolean take(Rate rate, int wanted, Instant now) {
      double passed = Duration.between(last, now).toNanos() / 1e9;
      tokens = Math.min(rate.capacity(), tokens + passed * rate.perSecond());
      last = now;
      if (tokens < wanted) {
        return false;
      }
      tokens -= wanted;
      return true;
    }
  }

  private final Timeline timeline;
  private final Map<String, Rate> rates = new HashMap<>();
  private final Map<String, Bucket> buckets = new HashMap<>();

  RequestRates(Timeline timeline) {
    this.timeline = timeline;
    UNCATEGORIZED.forEach((rate, names) -> names.forEach(name -> rates.put(name, rate)));
  }

  Operation limited(String name, Operation operation) {
    return new Operation(
        operation.isMutating(),
        operation.params(),
        request -> {
          take(name, operation.isMutating(), request);
          return operation.handler().apply(request);
        });
  }

  private void take(String name, boolean isMutating, AwsRequest request) {
    boolean isDear = DEAR_IF_UNFILTERED.contains(name) && isUnfiltered(request.params());
    Rate usual = isMutating ? MUTATING : isDear ? UNFILTERED_READ : READ;
    String bucket = request.region() + "/" + name + (isDear ? "/unfiltered" : "");
    take(bucket, rates.getOrDefault(name, usual), 1);
    Rate ofResources = OF_RESOURCES.get(name);
    if (ofResources != null) {
      take(request.region() + "/" + name + "/resources", ofResources, resources(request.params()));
    }
  }

  private static boolean isUnfiltered(Params params) {
    return params.names().stream()
        .noneMatch(name -> name.equals("Filter") || name.equals("MaxResults"));
  }

  private static int resources(Params params) {
    return params.has("MaxCount")
        ? params.number("MaxCount").orElse(1)
        : Math.max(1, params.texts("InstanceId").size());
  }

  private void take(String key, Rate rate, int tokens) {
    Bucket bucket = buckets.computeIfAbsent(key, any -> new Bucket(rate, timeline.now()));
    if (!bucket.take(rate, tokens, timeline.now())) {
      throw AwsError.badRequest("RequestLimitExceeded", "Request limit exceeded.");
    }
  }
}
