package io.github.kmsrotation.plan;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The stored form of a plan. */
final class PlanJson {

  private static final JSON JSON_FORMAT =
      JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);

  private PlanJson() {}

  static String write(RotationPlan plan) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("formatVersion", RotationPlan.FORMAT_VERSION);
    json.put("runId", plan.runId().value());
    json.put("kind", plan.kind());
    json.put("targetId", plan.targetId());
    json.put("region", plan.region());
    json.put("accountId", plan.accountId());
    json.put("createdAt", plan.createdAt().toString());
    json.put("reason", plan.reason());
    plan.currentKeyArn().ifPresent(arn -> json.put("currentKeyArn", arn));
    plan.targetKeyArn().ifPresent(arn -> json.put("targetKeyArn", arn));
    json.put("rationale", plan.rationale());
    json.put("warnings", plan.warnings().stream().map(PlanJson::notice).toList());
    json.put("steps", plan.steps().stream().map(PlanJson::step).toList());
    json.put("attributes", plan.attributes());
    try {
      return JSON_FORMAT.asString(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> notice(Notice notice) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("resource", notice.resource());
    json.put("text", notice.text());
    json.put("remedy", notice.remedy());
    return json;
  }

  private static Map<String, Object> step(StepDescription step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", step.id());
    json.put("title", step.title());
    json.put("phase", step.phase().name());
    json.put("calls", step.calls());
    json.put("undoCalls", step.undoCalls());
    json.put("creates", step.creates());
    json.put("undo", step.undo().name());
    return json;
  }

  static RotationPlan read(String text) {
    Node json;
    try {
      json = Node.of("plan", JSON_FORMAT.anyFrom(text));
    } catch (IOException e) {
      throw new IllegalArgumentException("Not a rotation plan: the text is not JSON", e);
    }
    Object version = json.map().get("formatVersion");
    if (!(version instanceof Number number)) {
      throw Node.wrong("plan.formatVersion", "a number");
    }
    if (!number.equals(RotationPlan.FORMAT_VERSION)) {
      throw new PlanVersionException(
          "A rotation plan of format version "
              + version
              + "; this library reads version "
              + RotationPlan.FORMAT_VERSION);
    }
    try {
      return RotationPlan.builder(
              new RunId(json.text("runId")), Instant.parse(json.text("createdAt")))
          .target(json.text("kind"), json.text("targetId"))
          .place(json.text("region"), json.text("accountId"))
          .keys(json.text("reason"), json.maybe("currentKeyArn"), json.maybe("targetKeyArn"))
          .rationale(json.texts("rationale"))
          .warnings(json.nodes("warnings").stream().map(PlanJson::readNotice).toList())
          .steps(json.nodes("steps").stream().map(PlanJson::readStep).toList())
          .attributes(json.textMap("attributes"))
          .build();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("Not a rotation plan: createdAt is not a time", e);
    }
  }

  private static Notice readNotice(Node json) {
    return new Notice(json.text("resource"), json.text("text"), json.text("remedy"));
  }

  private static StepDescription readStep(Node json) {
    return new StepDescription(
        json.text("id"),
        json.text("title"),
        json.constant(Phase.class, "phase"),
        json.texts("calls"),
        json.texts("undoCalls"),
        json.texts("creates"),
        json.constant(Undo.class, "undo"));
  }

  private record Node(String name, Map<String, @Nullable Object> map) {

    static Node of(String name, @Nullable Object value) {
      if (!(value instanceof Map<?, ?> map)) {
        throw wrong(name, "an object");
      }
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, v) -> copy.put(String.valueOf(key), v));
      return new Node(name, copy);
    }

    static IllegalArgumentException wrong(String name, String wanted) {
      return new IllegalArgumentException("Not a rotation plan: " + name + " is not " + wanted);
    }

    private static String text(String name, @Nullable Object value) {
      if (value instanceof String text) {
        return text;
      }
      throw wrong(name, "a text");
    }

    String text(String field) {
      return text(name + "." + field, map.get(field));
    }

    <E extends Enum<E>> E constant(Class<E> type, String field) {
      String value = text(field);
      return Arrays.stream(type.getEnumConstants())
          .filter(constant -> constant.name().equals(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new PlanVersionException(
                      "A rotation plan with the "
                          + field
                          + " '"
                          + value
                          + "', which this version of kms-rotation does not know"));
    }

    Optional<String> maybe(String field) {
      return map.containsKey(field) ? Optional.of(text(field)) : Optional.empty();
    }

    private List<?> list(String field) {
      if (map.get(field) instanceof List<?> list) {
        return list;
      }
      throw wrong(name + "." + field, "a list");
    }

    List<String> texts(String field) {
      return list(field).stream().map(v -> text(name + "." + field, v)).toList();
    }

    List<Node> nodes(String field) {
      return list(field).stream().map(v -> of(name + "." + field, v)).toList();
    }

    SortedMap<String, String> textMap(String field) {
      SortedMap<String, String> texts = new TreeMap<>();
      Node node = of(name + "." + field, map.get(field));
      node.map().keySet().forEach(key -> texts.put(key, node.text(key)));
      return texts;
    }
  }
}
