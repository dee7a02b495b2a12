package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * A journal in a DynamoDB table. Every entry is an item of its own, written on the condition that
 * there is none in its place; DynamoDB has it on several disks before the write returns. The table
 * may hold any number of runs, and any number of processes may use it.
 *
 * <p>A run belongs to the journal that opened it. That one renews a lease three times in its
 * duration. A process that dies stops doing so: who opens its run waits until the lease was not
 * renewed for its whole duration, then takes the run over. No two clocks are compared for that. The
 * former owner, if it was only cut off, can write no further entry, and so begins no further call
 * that changes anything: its place in the log is taken.
 *
 * <p>Safe for use by several threads. To be closed after use, which ends the lease at once; the
 * client is not closed.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html">Condition
 *     expressions</a>
 */
public final class DynamoDbJournal implements Journal, AutoCloseable {

  private static final Duration LEAST_LEASE = Duration.ofSeconds(1);
  private static final Duration MOST_LEASE = Duration.ofMinutes(10);

  private final JournalTable table;
  private final Owners owners;
  private final OpenRuns openRuns;

  private DynamoDbJournal(DynamoDbClient client, String tableName, Duration lease) {
    this.table = new JournalTable(client, tableName);
    this.owners = new Owners(table, lease);
    this.openRuns = new OpenRuns();
  }

  /**
   * A new builder. Default: a lease of 30 seconds, which bears a garbage collection or a short
   * network failure, and has nobody wait long for the run of a process that died.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * What the table has to be like: a partition key {@code partition} and a sort key {@code entry},
   * both of them texts. This request has it paid by request, and protected against deletion.
   *
   * @param tableName the table's name
   * @return a request to create it, once
   */
  public static CreateTableRequest createTableRequest(String tableName) {
    return CreateTableRequest.builder()
        .tableName(tableName)
        .attributeDefinitions(List.of(text(Items.PARTITION), text(Items.ENTRY)))
        .keySchema(List.of(key(Items.PARTITION, KeyType.HASH), key(Items.ENTRY, KeyType.RANGE)))
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .deletionProtectionEnabled(true)
        .build();
  }

  private static AttributeDefinition text(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  @Override
  public RunLog create(RunId runId) {
    return openRuns.hold(
        runId, () -> DynamoDbRunLog.create(runId, table, owners.current(), openRuns));
  }

  @Override
  public RunLog open(RunId runId) {
    return openRuns.hold(runId, () -> DynamoDbRunLog.open(runId, table, owners, openRuns));
  }

  @Override
  public List<RunId> runs() {
    return table.all(Items.RUNS).stream().map(Items::runId).flatMap(Optional::stream).toList();
  }

  /**
   * Ends the lease. Runs that are open cannot go on after this.
   *
   * @throws JournalUnavailableException if the table cannot be reached; the lease ends by itself
   *     then
   */
  @Override
  public void close() {
    owners.close();
  }

  @Override
  public String toString() {
    return "DynamoDbJournal[" + table.name() + "]";
  }

  /** Builds a journal. Not safe for use by several threads. */
  public static final class Builder {

    private @Nullable DynamoDbClient client;
    private @Nullable String tableName;
    private Duration lease = Duration.ofSeconds(30);

    private Builder() {}

    /**
     * Required: the client to call DynamoDB with, which may {@code GetItem}, {@code PutItem},
     * {@code DeleteItem} and {@code Query} in the table. It is not closed.
     *
     * @param client a client for the table's Region
     * @return this builder
     */
    public Builder client(DynamoDbClient client) {
      this.client = Objects.requireNonNull(client, "client");
      return this;
    }

    /**
     * Required: the table.
     *
     * @param tableName its name or ARN
     * @return this builder
     */
    public Builder tableName(String tableName) {
      this.tableName = Objects.requireNonNull(tableName, "tableName");
      return this;
    }

    /**
     * How long the lease is not renewed before others take the runs over. All of this process has
     * to be able to come to a standstill for less.
     *
     * @param lease one second to ten minutes
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder lease(Duration lease) {
      if (lease.compareTo(LEAST_LEASE) < 0 || lease.compareTo(MOST_LEASE) > 0) {
        throw new IllegalArgumentException(
            "lease must be one second to ten minutes, was " + lease.toMillis() + " ms");
      }
      this.lease = lease;
      return this;
    }

    /**
     * Builds. Nothing is called before a run is begun.
     *
     * @return the journal
     * @throws IllegalStateException if client or table name was not given
     */
    public DynamoDbJournal build() {
      if (client == null || tableName == null) {
        throw new IllegalStateException("Give client(...) and tableName(...)");
      }
      return new DynamoDbJournal(client, tableName, lease);
    }
  }
}
