package io.github.kmsrotation.testkit.kms;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A grant as it was asked for.
 *
 * @param id 64 hexadecimal digits
 * @param createdAt when
 * @param operations what it permits
 * @param asked the other parameters of {@code CreateGrant}, as {@code ListGrants} tells them
 * @param tokens by which it can be named
 */
record Grant(
    String id,
    Instant createdAt,
    List<String> operations,
    Map<String, Object> asked,
    Set<String> tokens) {

  Optional<Object> get(String name) {
    return Optional.ofNullable(asked.get(name));
  }

  /** Whether a request for a grant of the same name asks for the same. */
  boolean isSameAs(List<String> otherOperations, Map<String, Object> otherAsked) {
    return operations.equals(otherOperations) && asked.equals(otherAsked);
  }

  /** Without the tokens, which let their bearer use the grant. */
  @Override
  public String toString() {
    return "grant " + id;
  }
}
