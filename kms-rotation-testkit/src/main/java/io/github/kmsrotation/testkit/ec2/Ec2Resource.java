package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whatever has an id and tags. Used under the embedded AWS's lock. */
abstract class Ec2Resource {

  final Kind kind;
  final String region;
  final String id;
  final Instant createdAt;
  final Map<String, String> tags = new TreeMap<>();

  /** The service that manages it, if one does. */
  Optional<String> managedBy = Optional.empty();

  Ec2Resource(Kind kind, String region, String id, Instant createdAt) {
    this.kind = kind;
    this.region = region;
    this.id = id;
    this.createdAt = createdAt;
  }

  /** What is told of it. */
  abstract Map<String, Object> xml();

  final XmlList tagSet() {
    List<Map<String, String>> set = new ArrayList<>();
    tags.forEach((key, value) -> set.add(Map.of("key", key, "value", value)));
    return new XmlList("item", set);
  }

  final Map<String, Object> operator() {
    Map<String, Object> operator = new LinkedHashMap<>();
    operator.put("managed", managedBy.isPresent());
    managedBy.ifPresent(principal -> operator.put("principal", principal));
    return operator;
  }

  @Override
  public String toString() {
    return id;
  }
}
