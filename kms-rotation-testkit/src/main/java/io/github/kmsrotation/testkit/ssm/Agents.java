package io.github.kmsrotation.testkit.ssm;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.ec2.GuestInstance;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The agents. An instance has one that is online while it runs, if it has an instance profile: what
 * permissions that gives is not looked at. An agent is found half a minute after its instance was
 * started.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html">DescribeInstanceInformation</a>
 */
final class Agents {

  private static final Duration REGISTERS = Duration.ofSeconds(30);

  private final Timeline timeline;
  private final Ec2Service ec2;
  private final Set<String> disconnected = new HashSet<>();

  Agents(Timeline timeline, Ec2Service ec2) {
    this.timeline = timeline;
    this.ec2 = ec2;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "DescribeInstanceInformation",
        Operation.read(this::describe, "Filters", "MaxResults", "NextToken"));
  }

  void disconnect(String instanceId) {
    disconnected.add(instanceId);
  }

  /** An instance that runs and whose agent answers. */
  Optional<GuestInstance> online(String region, String instanceId) {
    return known(region).stream().filter(i -> i.id().equals(instanceId) && isOnline(i)).findFirst();
  }

  private List<GuestInstance> known(String region) {
    return ec2.guests(region).stream()
        .filter(GuestInstance::hasProfile)
        .filter(i -> !i.launchedAt().plus(REGISTERS).isAfter(timeline.now()))
        .toList();
  }

  private boolean isOnline(GuestInstance instance) {
    return instance.isRunning() && !disconnected.contains(instance.id());
  }

  private String ping(GuestInstance instance) {
    return isOnline(instance) ? "Online" : "ConnectionLost";
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<GuestInstance> found = new ArrayList<>(known(request.region()));
    for (Params filter : request.params().structures("Filters")) {
      String key = filter.required("Key");
      List<String> values = filter.texts("Values");
      switch (key) {
        case "InstanceIds" -> found.removeIf(i -> !values.contains(i.id()));
        case "PingStatus" -> found.removeIf(i -> !values.contains(ping(i)));
        default -> throw AwsError.notModelled("the filter " + key);
      }
    }
    Page<GuestInstance> page = Page.of(request.params(), found, 5, 50);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("InstanceInformationList", page.items().stream().map(this::json).toList());
    page.next().ifPresent(next -> answer.put("NextToken", next));
    return answer;
  }

  private Map<String, Object> json(GuestInstance instance) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("InstanceId", instance.id());
    json.put("PingStatus", ping(instance));
    json.put("LastPingDateTime", timeline.now().toEpochMilli() / 1000.0);
    json.put("AgentVersion", "3.3.2299.0");
    json.put("IsLatestVersion", true);
    json.put("PlatformType", "Linux");
    json.put("PlatformName", "Amazon Linux");
    json.put("PlatformVersion", "2023");
    json.put("ResourceType", "EC2Instance");
    return json;
  }
}
