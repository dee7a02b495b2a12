package io.github.kmsrotation.testkit.ssm;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Looks at commands and cancels them. A command is not found for a second after it was sent, as
 * happens with AWS now and then.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html">GetCommandInvocation</a>
 */
final class CommandOperations {

  private static final Duration NOT_FOUND_FOR = Duration.ofSeconds(1);
  private static final int COMMAND_ID_LENGTH = 36;

  private final Timeline timeline;
  private final Commands commands;

  CommandOperations(Timeline timeline, Commands commands) {
    this.timeline = timeline;
    this.commands = commands;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "GetCommandInvocation", Operation.read(this::get, "CommandId", "InstanceId", "PluginName"));
    operations.put(
        "ListCommandInvocations",
        Operation.read(
            this::listInvocations,
            "CommandId",
            "InstanceId",
            "MaxResults",
            "NextToken",
            "Filters",
            "Details"));
    operations.put(
        "ListCommands",
        Operation.read(
            this::listCommands, "CommandId", "InstanceId", "MaxResults", "NextToken", "Filters"));
    operations.put("CancelCommand", Operation.write(this::cancel, "CommandId", "InstanceIds"));
  }

  private List<Invocation> found(String region) {
    return commands.in(region).stream()
        .filter(i -> timeline.hasPropagated(i.command.requestedAt()))
        .filter(i -> !i.command.requestedAt().plus(NOT_FOUND_FOR).isAfter(timeline.now()))
        .toList();
  }

  private static String commandId(Params params) {
    String id = params.required("CommandId");
    if (id.length() != COMMAND_ID_LENGTH) {
      throw AwsError.badRequest(
          "ValidationException", "CommandId has to have " + COMMAND_ID_LENGTH + " characters");
    }
    return id;
  }

  private Map<String, Object> get(AwsRequest request) {
    String id = commandId(request.params());
    String instanceId = request.params().required("InstanceId");
    String plugin = request.params().text("PluginName").orElse("aws:runShellScript");
    if (!plugin.equals("aws:runShellScript")) {
      throw AwsError.badRequest("InvalidPluginName", "The plugin name " + plugin + " isn't valid.");
    }
    return found(request.region()).stream()
        .filter(i -> i.command.id().equals(id) && i.instanceId.equals(instanceId))
        .findFirst()
        .map(Invocation::json)
        .orElseThrow(
            () ->
                AwsError.badRequest(
                    "InvocationDoesNotExist",
                    "The command ID and managed node ID you specified didn't match any"
                        + " invocations."));
  }

  private List<Invocation> asked(AwsRequest request) {
    Params params = request.params();
    List<Invocation> asked = new ArrayList<>(found(request.region()));
    if (params.has("CommandId")) {
      String id = commandId(params);
      asked.removeIf(i -> !i.command.id().equals(id));
    }
    params.text("InstanceId").ifPresent(id -> asked.removeIf(i -> !i.instanceId.equals(id)));
    for (Params filter : params.structures("Filters")) {
      String value = filter.required("value");
      switch (filter.required("key")) {
        case "InvokedAfter" -> {
          Instant after = time(value);
          asked.removeIf(i -> i.command.requestedAt().isBefore(after));
        }
        case "InvokedBefore" -> {
          Instant before = time(value);
          asked.removeIf(i -> !i.command.requestedAt().isBefore(before));
        }
        case "Status" -> asked.removeIf(i -> !i.status.equals(value));
        case "DocumentName" -> asked.removeIf(i -> !SendOperation.DOCUMENT.equals(value));
        default -> throw AwsError.badRequest("InvalidFilterKey", "The specified key isn't valid.");
      }
    }
    return asked;
  }

  private static Instant time(String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeParseException e) {
      throw AwsError.badRequest("ValidationException", "Not a time: " + value);
    }
  }

  private Map<String, Object> listInvocations(AwsRequest request) {
    boolean isDetailed = request.params().truth("Details").orElse(false);
    return page(
        request,
        asked(request),
        "CommandInvocations",
        invocation -> invocation.summary(isDetailed));
  }

  private Map<String, Object> listCommands(AwsRequest request) {
    List<Invocation> all = commands.in(request.region());
    Set<Invocation.Command> sent = new LinkedHashSet<>();
    asked(request).forEach(i -> sent.add(i.command));
    return page(
        request,
        List.copyOf(sent),
        "Commands",
        command -> json(command, all.stream().filter(i -> i.command.equals(command)).toList()));
  }

  private static <T> Map<String, Object> page(
      AwsRequest request, List<T> all, String name, Function<T, Map<String, Object>> json) {
    Page<T> page = Page.of(request.params(), all, 1, 50);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(name, page.items().stream().map(json).toList());
    page.next().ifPresent(next -> answer.put("NextToken", next));
    return answer;
  }

  private Map<String, Object> cancel(AwsRequest request) {
    String id = commandId(request.params());
    List<String> instanceIds = request.params().texts("InstanceIds");
    List<Invocation> sent =
        found(request.region()).stream().filter(i -> i.command.id().equals(id)).toList();
    if (sent.isEmpty()) {
      throw AwsError.badRequest("InvalidCommandId", "The specified command ID isn't valid.");
    }
    sent.stream()
        .filter(i -> instanceIds.isEmpty() || instanceIds.contains(i.instanceId))
        .forEach(commands::cancel);
    return Map.of();
  }

  static Map<String, Object> json(Invocation.Command command, List<Invocation> sent) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("CommandId", command.id());
    json.put("DocumentName", SendOperation.DOCUMENT);
    json.put("DocumentVersion", "$DEFAULT");
    json.put("Comment", command.comment());
    json.put("Parameters", command.parameters());
    json.put("InstanceIds", command.instanceIds());
    json.put("Targets", List.of());
    json.put("RequestedDateTime", command.requestedAt().toEpochMilli() / 1000.0);
    json.put(
        "ExpiresAfter",
        command.requestedAt().plus(command.deliveryTimeout()).toEpochMilli() / 1000.0);
    json.put("Status", status(sent));
    json.put("StatusDetails", status(sent));
    json.put("TargetCount", sent.size());
    json.put("CompletedCount", (int) sent.stream().filter(i -> i.endedAt.isPresent()).count());
    return json;
  }

  /** That of the first invocation that is not well, else that of the first. */
  private static String status(List<Invocation> sent) {
    return sent.stream()
        .map(i -> i.status)
        .filter(s -> !s.equals("Success"))
        .findFirst()
        .orElse("Success");
  }
}
