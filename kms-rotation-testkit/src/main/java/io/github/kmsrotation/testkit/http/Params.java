package io.github.kmsrotation.testkit.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of a call, whichever protocol brought them. */
public final class Params {

  private final Map<String, Object> values;
  private final String errorCode;

  /**
   * @param values names and values: text, number, truth, {@link Map} or {@link List}
   * @param errorCode the code of the error for a parameter that is missing or of the wrong type
   */
  public Params(Map<String, Object> values, String errorCode) {
    this.values = values;
    this.errorCode = errorCode;
  }

  /**
   * The names that were given.
   *
   * @return names
   */
  public Set<String> names() {
    return values.keySet();
  }

  /**
   * Whether a parameter was given.
   *
   * @param name its name
   * @return true if so
   */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * A text.
   *
   * @param name its name
   * @return the text, or empty
   */
  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(Object::toString);
  }

  /**
   * A text that has to be there.
   *
   * @param name its name
   * @return the text
   */
  public String required(String name) {
    return text(name)
        .orElseThrow(
            () -> AwsError.badRequest(errorCode, "The parameter " + name + " must be provided."));
  }

  /**
   * A whole number.
   *
   * @param name its name
   * @return the number, or empty
   */
  public Optional<Integer> number(String name) {
    return text(name)
        .map(
            text -> {
              try {
                return Integer.valueOf(text);
              } catch (NumberFormatException e) {
                throw AwsError.badRequest(errorCode, "Invalid value for " + name + ": " + text);
              }
            });
  }

  /**
   * A truth.
   *
   * @param name its name
   * @return the truth, or empty
   */
  public Optional<Boolean> truth(String name) {
    return text(name)
        .map(
            text ->
                switch (text) {
                  case "true" -> true;
                  case "false" -> false;
                  default ->
                      throw AwsError.badRequest(
                          errorCode, "Invalid value for " + name + ": " + text);
                });
  }

  /**
   * A list of texts.
   *
   * @param name its name
   * @return the texts; empty if it was not given
   */
  public List<String> texts(String name) {
    return list(name).stream().map(String::valueOf).toList();
  }

  /**
   * A list of structures.
   *
   * @param name its name
   * @return the structures; empty if it was not given
   */
  public List<Params> structures(String name) {
    List<Params> structures = new ArrayList<>();
    for (Object item : list(name)) {
      structures.add(new Params(map(name, item), errorCode));
    }
    return structures;
  }

  /**
   * A structure.
   *
   * @param name its name
   * @return the structure, or empty
   */
  public Optional<Params> structure(String name) {
    return has(name)
        ? Optional.of(new Params(map(name, values.get(name)), errorCode))
        : Optional.empty();
  }

  /**
   * All that was given but one parameter, to tell whether a call is made again.
   *
   * @param name its name
   * @return names and values
   */
  public Map<String, Object> allBut(String name) {
    Map<String, Object> rest = new LinkedHashMap<>(values);
    rest.remove(name);
    return rest;
  }

  private List<?> list(String name) {
    Object value = values.get(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw AwsError.badRequest(errorCode, "Invalid value for " + name);
  }

  private Map<String, Object> map(String name, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw AwsError.badRequest(errorCode, "Invalid value for " + name);
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, v) -> copy.put(String.valueOf(key), v));
    return copy;
  }
}
