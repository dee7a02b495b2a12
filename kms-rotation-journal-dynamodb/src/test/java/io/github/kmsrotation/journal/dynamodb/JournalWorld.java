package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.kms.KmsClient;

/** A table, and processes that use it. */
final class JournalWorld implements AutoCloseable {

  static final String TABLE = "kms-rotation";

  /** As short as may be, since taking over waits for it in real time. */
  static final Duration LEASE = Duration.ofSeconds(1);

  final EmbeddedAws aws;
  final DynamoDbClient client;
  final KmsClient kms;
  private final List<AutoCloseable> open = new ArrayList<>();

  JournalWorld() {
    aws =
        EmbeddedAws.builder()
            .clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")))
            .start();
    client = newClient();
    kms =
        KmsClient.builder()
            .endpointOverride(aws.endpoint())
            .region(Region.of(aws.region()))
            .credentialsProvider(credentials())
            .build();
    client.createTable(DynamoDbJournal.createTableRequest(TABLE));
    aws.clock().advance(Duration.ofMinutes(1));
  }

  private static StaticCredentialsProvider credentials() {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret"));
  }

  private DynamoDbClient newClient() {
    return DynamoDbClient.builder()
        .endpointOverride(aws.endpoint())
        .region(Region.of(aws.region()))
        .credentialsProvider(credentials())
        .build();
  }

  /** A machine whose processes may die. */
  final class Machine {
    private final DynamoDbClient own = newClient();
    final DynamoDbJournal journal =
        DynamoDbJournal.builder().client(own).tableName(TABLE).lease(LEASE).build();

    /** From now on, nothing that it does reaches AWS. */
    void die() {
      own.close();
    }
  }

  Machine machine() {
    Machine machine = new Machine();
    open.add(machine.own);
    open.add(machine.journal);
    return machine;
  }

  static JournalEntry entry(String step) {
    return JournalEntry.of(
        Instant.parse("2026-11-24T08:00:00.123Z"),
        EntryType.STEP_DONE,
        step,
        Map.of("odd", "line\nfeed \"quotes\" \u00fc\u2028 \ud83d\ude00"));
  }

  /** Takes its lease from the owner that began a run, which does not know it yet. */
  void endLeaseOfOwner(RunId run) {
    Map<String, AttributeValue> begun =
        client
            .getItem(
                r ->
                    r.tableName(TABLE)
                        .consistentRead(true)
                        .key(
                            Map.of(
                                Items.PARTITION,
                                Items.text(Items.partition(run)),
                                Items.ENTRY,
                                Items.text("0000000000"))))
            .item();
    client.deleteItem(r -> r.tableName(TABLE).key(Items.leaseKey(Items.owner(begun))));
  }

  /** Puts an item as it may be after damage, or by another version. */
  void plant(Map<String, AttributeValue> item) {
    client.putItem(r -> r.tableName(TABLE).item(item));
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception e) {
        // A process that died cannot end its lease, which is as it should be.
      }
    }
    kms.close();
    client.close();
    aws.close();
  }
}
