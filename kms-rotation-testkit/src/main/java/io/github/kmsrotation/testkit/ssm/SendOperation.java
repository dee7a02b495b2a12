package io.github.kmsrotation.testkit.ssm;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Sends commands, by the document {@value #DOCUMENT} only.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html">SendCommand</a>
 */
final class SendOperation {

  static final String DOCUMENT = "AWS-RunShellScript";

  private static final Set<String> PARAMETERS =
      Set.of("commands", "workingDirectory", "executionTimeout");
  private static final int MOST_INSTANCES = 50;
  private static final int MOST_COMMENT = 100;

  /** A document's size limit; AWS tells none for parameters, and this is the stricter reading. */
  private static final int MOST_BYTES = 64 * 1024;

  private static final int MOST_EXECUTION_SECONDS = 172_800;
  private static final int USUAL_SECONDS = 3_600;

  private final Timeline timeline;
  private final Commands commands;
  private final Agents agents;

  SendOperation(Timeline timeline, Commands commands, Agents agents) {
    this.timeline = timeline;
    this.commands = commands;
    this.agents = agents;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "SendCommand",
        Operation.write(
            this::send,
            "DocumentName",
            "DocumentVersion",
            "InstanceIds",
            "Parameters",
            "Comment",
            "TimeoutSeconds"));
  }

  private Map<String, Object> send(AwsRequest request) {
    Params params = request.params();
    checkDocument(params);
    List<String> ids = instances(request);
    Map<String, Object> parameters = parameters(params);
    String comment = params.text("Comment").orElse("");
    if (comment.length() > MOST_COMMENT) {
      throw invalid("Comment has more than " + MOST_COMMENT + " characters");
    }
    Duration execution = Duration.ofSeconds(executionSeconds(parameters));
    int delivery = params.number("TimeoutSeconds").orElse(USUAL_SECONDS);
    if (delivery < 30 || delivery > 2_592_000) {
      throw invalid("TimeoutSeconds is not within 30 and 2592000");
    }
    Invocation.Command command =
        new Invocation.Command(
            UUID.randomUUID().toString(),
            request.region(),
            comment,
            parameters,
            ids,
            Duration.ofSeconds(delivery).plus(execution),
            execution,
            timeline.now());
    List<Invocation> sent = ids.stream().map(id -> new Invocation(command, id)).toList();
    sent.forEach(commands::add);
    return Map.of("Command", CommandOperations.json(command, sent));
  }

  private static void checkDocument(Params params) {
    String name = params.required("DocumentName");
    if (!name.equals(DOCUMENT)) {
      if (name.startsWith("AWS-") || name.startsWith("arn:")) {
        throw AwsError.notModelled("the document " + name);
      }
      throw AwsError.badRequest("InvalidDocument", "Document with name " + name + " not found.");
    }
    String version = params.text("DocumentVersion").orElse("$DEFAULT");
    if (!Set.of("$DEFAULT", "$LATEST", "1").contains(version)) {
      throw AwsError.badRequest("InvalidDocumentVersion", "There is no version " + version);
    }
  }

  private List<String> instances(AwsRequest request) {
    List<String> ids = request.params().texts("InstanceIds");
    if (ids.isEmpty() || ids.size() > MOST_INSTANCES) {
      throw invalid("InstanceIds has to name 1 to " + MOST_INSTANCES + " instances");
    }
    if (new HashSet<>(ids).size() < ids.size()) {
      throw AwsError.badRequest("DuplicateInstanceId", "An instance is named twice.");
    }
    for (String id : ids) {
      if (agents.online(request.region(), id).isEmpty()) {
        throw AwsError.badRequest(
            "InvalidInstanceId",
            "Instances [[" + id + "]] not in a valid state for account " + request.accountId());
      }
    }
    return ids;
  }

  private static Map<String, Object> parameters(Params params) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    Optional<Params> given = params.structure("Parameters");
    if (given.isEmpty() || given.get().texts("commands").isEmpty()) {
      throw AwsError.badRequest("InvalidParameters", "Missing parameters: commands");
    }
    int size = 0;
    for (String name : given.get().names()) {
      if (!PARAMETERS.contains(name)) {
        throw AwsError.badRequest("InvalidParameters", "Parameter " + name + " is not defined.");
      }
      List<String> values = given.get().texts(name);
      for (String value : values) {
        if (value.contains("{{")) {
          throw AwsError.notModelled("references in parameters, such as {{ssm:name}}");
        }
        size += value.getBytes(StandardCharsets.UTF_8).length;
      }
      parameters.put(name, values);
    }
    if (size > MOST_BYTES) {
      throw AwsError.badRequest("MaxDocumentSizeExceeded", "The parameters exceed 64 KB.");
    }
    return parameters;
  }

  private static int executionSeconds(Map<String, Object> parameters) {
    if (!(parameters.get("executionTimeout") instanceof List<?> values) || values.isEmpty()) {
      return USUAL_SECONDS;
    }
    String text = String.valueOf(values.get(0));
    if (!text.matches("[1-9][0-9]{0,5}") || Integer.parseInt(text) > MOST_EXECUTION_SECONDS) {
      throw AwsError.badRequest(
          "InvalidParameters", "executionTimeout is not within 1 and " + MOST_EXECUTION_SECONDS);
    }
    return Integer.parseInt(text);
  }

  private static AwsError invalid(String message) {
    return AwsError.badRequest("ValidationException", message);
  }
}
