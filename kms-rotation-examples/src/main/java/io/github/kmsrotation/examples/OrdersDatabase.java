package io.github.kmsrotation.examples;

import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** The database {@code orders-prod} on an embedded AWS, under the AWS managed key of RDS. */
final class OrdersDatabase implements AutoCloseable {

  private static final String IDENTIFIER = "orders-prod";
  private static final List<String> MAKING_OR_DELETING =
      List.of(
          "CreateDBSnapshot",
          "CopyDBSnapshot",
          "RestoreDBInstanceFromDBSnapshot",
          "DeleteDBInstance",
          "DeleteDBSnapshot");

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final String password = UUID.randomUUID().toString();
  private final OrdersRotation rotation =
      new OrdersRotation(aws.endpoint(), aws.region(), () -> password);
  private final KmsClient kms = rotation.kms();
  private final RdsClient rds = rotation.rds();

  private OrdersDatabase() {}

  static OrdersDatabase create(int rows) throws InterruptedException, SQLException {
    OrdersDatabase orders = new OrdersDatabase();
    String key = orders.kms.createKey(r -> r.description("orders")).keyMetadata().arn();
    orders.kms.createAlias(r -> r.aliasName("alias/orders-2026").targetKeyId(key));
    orders.rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier(IDENTIFIER)
                .engine("postgres")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(100)
                .masterUsername("orders_admin")
                .masterUserPassword(orders.password)
                .dbName("orders")
                .storageEncrypted(true));
    // RDS's waiter looks every 30 seconds, which are hours by the clock of the embedded AWS.
    while (!orders.instance().dbInstanceStatus().equals("available")) {
      Thread.sleep(100);
    }
    orders.fill(rows);
    return orders;
  }

  private void fill(int rows) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE orders (id bigint PRIMARY KEY, item text, price numeric)");
      statement.execute(
          "INSERT INTO orders SELECT i, 'item ' || i, i * 1.25 FROM generate_series(1, "
              + rows
              + ") i");
    }
  }

  private DBInstance instance() {
    return rds.describeDBInstances(r -> r.dbInstanceIdentifier(IDENTIFIER)).dbInstances().get(0);
  }

  private Connection connect() throws SQLException {
    DBInstance instance = instance();
    String url =
        "jdbc:postgresql://"
            + instance.endpoint().address()
            + ":"
            + instance.endpoint().port()
            + "/orders";
    return DriverManager.getConnection(url, "orders_admin", password);
  }

  /** What to know of the times that are printed. */
  String introduction() {
    return String.format(
        "This is an embedded AWS, in which nothing is real but PostgreSQL. Its clock runs %.0f"
            + " times as fast as yours:%nwhat takes AWS ten minutes is over in a second, and all"
            + " times below are by that clock. It is %s there.%n",
        EmbeddedAws.DEFAULT_SPEED, ConsoleProgress.time(clock()));
  }

  /** Every call that makes or deletes something, and what there is now. */
  String inventory() {
    StringBuilder text = new StringBuilder("Calls that reached RDS, of all processes together:\n");
    for (String operation : MAKING_OR_DELETING) {
      text.append(String.format("  %-32s %d%n", operation, aws.calls().of(operation).size()));
    }
    text.append("What there is now:\n");
    text.append("  DB instances  ").append(aws.rds().instances()).append('\n');
    text.append("  DB snapshots  ").append(aws.rds().snapshots()).append('\n');
    return text.toString();
  }

  String describe() throws SQLException {
    DBInstance instance = instance();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*), sum(price) FROM orders")) {
      result.next();
      return instance.dbInstanceIdentifier()
          + " at "
          + instance.endpoint().address()
          + ":"
          + instance.endpoint().port()
          + " serves "
          + result.getLong(1)
          + " orders worth "
          + result.getBigDecimal(2)
          + " under "
          + instance.kmsKeyId();
    }
  }

  OrdersRotation rotation() {
    return rotation;
  }

  URI endpoint() {
    return aws.endpoint();
  }

  String region() {
    return aws.region();
  }

  TestClock clock() {
    return aws.clock();
  }

  String password() {
    return password;
  }

  @Override
  public void close() {
    rotation.close();
    aws.close();
  }
}
