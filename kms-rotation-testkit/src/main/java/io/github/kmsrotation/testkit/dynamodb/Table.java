package io.github.kmsrotation.testkit.dynamodb;

import java.time.Instant;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A table whose items are found by a partition key and a sort key, both of them texts. */
final class Table {

  final String name;
  final String arn;
  final String partitionKey;
  final String sortKey;
  final Instant createdAt;
  boolean isActive;
  private final NavigableMap<String, NavigableMap<String, Item>> partitions = new TreeMap<>();

  Table(String name, String arn, String partitionKey, String sortKey, Instant createdAt) {
    this.name = name;
    this.arn = arn;
    this.partitionKey = partitionKey;
    this.sortKey = sortKey;
    this.createdAt = createdAt;
  }

  /** The items of a partition in the order of their sort keys; a live view that may be changed. */
  NavigableMap<String, Item> partition(String key) {
    return partitions.computeIfAbsent(key, any -> new TreeMap<>(Item.BY_UTF8));
  }
}
