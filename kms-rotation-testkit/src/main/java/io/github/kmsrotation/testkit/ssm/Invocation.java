package io.github.kmsrotation.testkit.ssm;

import io.github.kmsrotation.testkit.guest.GuestProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A command on one instance. Used under the embedded AWS's lock. */
final class Invocation {

  /** What GetCommandInvocation tells of the output at most, in characters. */
  static final int MOST_OUTPUT = 24_000;

  static final int MOST_ERRORS = 8_000;

  /** What ListCommandInvocations tells of it. */
  private static final int MOST_PLUGIN_OUTPUT = 2_500;

  private static final String PLUGIN = "aws:runShellScript";
  private static final String OUTPUT_CUT = "\n---Output truncated---";
  private static final String ERRORS_CUT = "\n---Error truncated----";

  final Command command;
  final String instanceId;
  String status = "Pending";
  String details = "Pending";
  int responseCode = -1;
  Optional<Instant> startedAt = Optional.empty();
  Optional<Instant> endedAt = Optional.empty();
  Optional<GuestProcess> process = Optional.empty();
  String output = "";
  String errors = "";

  Invocation(Command command, String instanceId) {
    this.command = command;
    this.instanceId = instanceId;
  }

  /** What was sent, to however many instances. */
  record Command(
      String id,
      String region,
      String comment,
      Map<String, Object> parameters,
      List<String> instanceIds,
      Duration deliveryTimeout,
      Duration executionTimeout,
      Instant requestedAt) {

    String script() {
      return String.join("\n", texts("commands")) + "\n";
    }

    String workingDirectory() {
      return texts("workingDirectory").stream().findFirst().orElse("");
    }

    private List<String> texts(String name) {
      return parameters.get(name) instanceof List<?> list
          ? list.stream().map(String::valueOf).toList()
          : List.of();
    }
  }

  boolean isPending() {
    return status.equals("Pending");
  }

  boolean isUnderWay() {
    return status.equals("InProgress") || status.equals("Cancelling");
  }

  void end(String how, String why, Instant at) {
    status = how;
    details = why;
    endedAt = Optional.of(at);
    process = Optional.empty();
  }

  private static String cut(String text, int most, String sign) {
    return text.length() <= most ? text : text.substring(0, most - sign.length()) + sign;
  }

  private static String time(Optional<Instant> at) {
    return at.map(t -> t.truncatedTo(ChronoUnit.MILLIS).toString()).orElse("");
  }

  /** What GetCommandInvocation answers. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("CommandId", command.id);
    json.put("InstanceId", instanceId);
    json.put("Comment", command.comment);
    json.put("DocumentName", SendOperation.DOCUMENT);
    json.put("DocumentVersion", "$DEFAULT");
    json.put("PluginName", PLUGIN);
    json.put("ResponseCode", responseCode);
    json.put("ExecutionStartDateTime", time(startedAt));
    json.put("ExecutionEndDateTime", time(endedAt));
    json.put("ExecutionElapsedTime", elapsed());
    json.put("Status", status);
    json.put("StatusDetails", details);
    json.put("StandardOutputContent", cut(output, MOST_OUTPUT, OUTPUT_CUT));
    json.put("StandardOutputUrl", "");
    json.put("StandardErrorContent", cut(errors, MOST_ERRORS, ERRORS_CUT));
    json.put("StandardErrorUrl", "");
    return json;
  }

  private String elapsed() {
    return startedAt.isPresent() && endedAt.isPresent()
        ? Duration.between(startedAt.get(), endedAt.get()).truncatedTo(ChronoUnit.MILLIS).toString()
        : "";
  }

  /** An item of what ListCommandInvocations answers. */
  Map<String, Object> summary(boolean isDetailed) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("CommandId", command.id);
    json.put("InstanceId", instanceId);
    json.put("InstanceName", "");
    json.put("Comment", command.comment);
    json.put("DocumentName", SendOperation.DOCUMENT);
    json.put("DocumentVersion", "$DEFAULT");
    json.put("RequestedDateTime", command.requestedAt.toEpochMilli() / 1000.0);
    json.put("Status", status);
    json.put("StatusDetails", details);
    json.put("CommandPlugins", isDetailed ? List.of(plugin()) : List.of());
    return json;
  }

  private Map<String, Object> plugin() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Name", PLUGIN);
    json.put("Status", status);
    json.put("StatusDetails", details);
    json.put("ResponseCode", responseCode);
    json.put("Output", cut(output, MOST_PLUGIN_OUTPUT, OUTPUT_CUT));
    return json;
  }
}
