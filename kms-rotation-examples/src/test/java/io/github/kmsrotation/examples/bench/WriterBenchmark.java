package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.rds.BlueGreen;
import io.github.kmsrotation.rds.RdsOptions;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * How long a writer that never pauses by itself has to wait while its database is rotated by a
 * blue/green deployment, and whether a row that was acknowledged is missing afterwards. PostgreSQL
 * and its replication are real; how long AWS takes for all else is by the embedded AWS's clock,
 * which is fast. {@code mvn -q -Pbenchmark -Dbenchmark=WriterBenchmark}.
 */
public final class WriterBenchmark implements AutoCloseable {

  private static final String DATABASE = "orders-prod";
  private static final double SPEED = 600;

  private final int rows;
  private final EmbeddedAws aws = EmbeddedAws.builder().clock(TestClock.running(SPEED)).start();
  private final RdsClient rds = local(RdsClient.builder());
  private final KmsClient kms = local(KmsClient.builder());
  private final String newKey = kms.createKey().keyMetadata().arn();
  private final String password = UUID.randomUUID().toString();
  private final WorkDirectory journal = WorkDirectory.create();

  WriterBenchmark(int rows) {
    this.rows = rows;
  }

  /**
   * Runs.
   *
   * @param args how many rows are there before the rotation; 1,000,000 if it is no number
   * @throws InterruptedException if interrupted
   * @throws SQLException if PostgreSQL refuses something that it should not
   */
  public static void main(String[] args) throws InterruptedException, SQLException {
    int rows = args.length > 0 && args[0].matches("[0-9]+") ? Integer.parseInt(args[0]) : 1_000_000;
    try (WriterBenchmark benchmark = new WriterBenchmark(rows)) {
      System.out.print(benchmark.measure());
    }
  }

  private <B extends AwsClientBuilder<B, C>, C> C local(B builder) {
    return builder
        .endpointOverride(aws.endpoint())
        .region(Region.of(aws.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  String measure() throws InterruptedException, SQLException {
    create();
    Writer writer = new Writer();
    Thread thread = new Thread(writer, "writer");
    thread.start();
    long begun = System.nanoTime();
    rotate();
    double seconds = (System.nanoTime() - begun) / 1e9;
    Thread.sleep(1_000);
    writer.isToEnd = true;
    thread.join();
    long present = ask("SELECT count(*) FROM written");
    return String.format(
        Locale.ROOT,
        "%,d rows, rotated in %.0f s beside a writer:%n"
            + "%-40s %,10d%n%-40s %,10d%n%-40s %,10d%n%-40s %10.2f s%n",
        rows,
        seconds,
        "rows it wrote, acknowledged",
        writer.acknowledged,
        "of them missing afterwards",
        Math.max(0, writer.acknowledged - present),
        "writes that failed and were repeated",
        writer.failed,
        "its longest wait",
        writer.longestNanos / 1e9);
  }

  private void create() throws InterruptedException, SQLException {
    rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier(DATABASE)
                .engine("postgres")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(100)
                .masterUsername("orders_admin")
                .masterUserPassword(password)
                .dbName("orders")
                .storageEncrypted(true));
    while (!instance().dbInstanceStatus().equals("available")) {
      Thread.sleep(100);
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE orders AS SELECT i AS id, 'item ' || i AS item"
              + " FROM generate_series(1, "
              + rows
              + ") i");
      statement.execute("CREATE TABLE written (id bigint PRIMARY KEY)");
    }
  }

  private void rotate() {
    RdsOptions options =
        RdsOptions.builder().client(rds).kmsClient(kms).blueGreen(BlueGreen.REQUIRED).build();
    RotationPlan plan =
        RotationPlanner.forRds(DATABASE)
            .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
            .toKey(newKey)
            .with(options)
            .kmsClient(kms)
            .clock(aws.clock())
            .plan();
    RotationRunner.builder()
        .journal(FileJournal.in(journal.path()))
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .clock(aws.clock())
        .sleeper(aws.clock()::sleep)
        .build()
        .run(plan)
        .requireComplete();
  }

  private DBInstance instance() {
    return rds.describeDBInstances(r -> r.dbInstanceIdentifier(DATABASE)).dbInstances().get(0);
  }

  private Connection connect() throws SQLException {
    DBInstance instance = instance();
    return DriverManager.getConnection(
        "jdbc:postgresql://"
            + instance.endpoint().address()
            + ":"
            + instance.endpoint().port()
            + "/orders",
        "orders_admin",
        password);
  }

  private long ask(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Writes one row after the other, and each until it is acknowledged. */
  private final class Writer implements Runnable {

    private volatile boolean isToEnd;
    private long acknowledged;
    private long failed;
    private long longestNanos;

    @Override
    public void run() {
      long last = System.nanoTime();
      while (!isToEnd) {
        try (Connection connection = connect();
            PreparedStatement insert =
                connection.prepareStatement(
                    "INSERT INTO written VALUES (?) ON CONFLICT DO NOTHING")) {
          while (!isToEnd) {
            insert.setLong(1, acknowledged + 1);
            insert.executeUpdate();
            acknowledged++;
            long now = System.nanoTime();
            longestNanos = Math.max(longestNanos, now - last);
            last = now;
          }
        } catch (SQLException | RuntimeException e) {
          failed++;
        }
      }
    }
  }

  @Override
  public void close() {
    rds.close();
    kms.close();
    aws.close();
    journal.close();
  }
}
