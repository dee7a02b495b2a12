package io.github.kmsrotation.testkit.autoscaling;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** An Auto Scaling group. Used under the embedded AWS's lock. */
final class Group {

  final String region;
  final String name;
  final Instant createdAt;

  /** What it was made of, by the names of parameters, which are those of answers. */
  final Map<String, Object> settings = new LinkedHashMap<>();

  final Set<String> instanceIds = new LinkedHashSet<>();

  Group(String region, String name, Instant createdAt) {
    this.region = region;
    this.name = name;
    this.createdAt = createdAt;
  }
}
