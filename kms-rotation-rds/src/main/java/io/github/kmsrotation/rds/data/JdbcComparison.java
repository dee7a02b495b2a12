package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Verification;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Compares two PostgreSQL databases table by table over JDBC: columns, indexes, constraints, views,
 * sequences and extensions by their definitions, and every row by content. Rows are streamed, so
 * memory does not grow with them. Each side is read in one read-only transaction of its own. The
 * driver, {@code org.postgresql:postgresql}, is the caller's. Immutable; safe for use by several
 * threads. Defaults: 1,000 rows are fetched at a time, which keeps a table of wide rows within a
 * few megabytes.
 */
public final class JdbcComparison implements DataVerifier {

  private static final int MOST_DIFFERENCES = 200;

  private final List<String> databases;
  private final ConnectionSource source;
  private final int fetchSize;

  private JdbcComparison(Builder builder) {
    if (builder.databases.isEmpty()) {
      throw new IllegalArgumentException("Name a database: call database(...)");
    }
    this.databases = List.copyOf(builder.databases);
    this.fetchSize = builder.fetchSize;
    this.source =
        builder.connector.orElseGet(
            () ->
                withPassword(
                    builder.user.orElseThrow(
                        () -> new IllegalArgumentException("Call user(...) or connector(...)")),
                    builder.password.orElseThrow(
                        () -> new IllegalArgumentException("Call password(...)"))));
  }

  private static ConnectionSource withPassword(String user, Supplier<String> password) {
    return (endpoint, database) -> {
      Properties properties = new Properties();
      properties.setProperty("user", user);
      properties.setProperty("password", password.get());
      properties.setProperty("ApplicationName", "kms-rotation");
      return DriverManager.getConnection(
          "jdbc:postgresql://" + endpoint.host() + ":" + endpoint.port() + "/" + database,
          properties);
    };
  }

  /**
   * A new builder.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Verification verify(DatabaseEndpoint original, DatabaseEndpoint replacement) {
    if (!original.engine().equals("postgres")) {
      throw new DataVerificationException(
          "JdbcComparison compares PostgreSQL databases; "
              + original.dbInstanceIdentifier()
              + " is "
              + original.engine()
              + ". Give a DataVerifier of your own.");
    }
    List<Evidence> evidence = new ArrayList<>();
    for (String database : databases) {
      evidence.addAll(compare(read(original, database), read(replacement, database)));
    }
    boolean same = evidence.stream().allMatch(Evidence::matches);
    return same ? Verification.passed(evidence) : Verification.failed(shortened(evidence));
  }

  private static List<Evidence> shortened(List<Evidence> evidence) {
    return evidence.stream().filter(e -> !e.matches()).limit(MOST_DIFFERENCES).toList();
  }

  private Map<String, String> read(DatabaseEndpoint endpoint, String database) {
    try (Connection connection = source.connect(endpoint, database)) {
      return new PostgresContent(connection, database, fetchSize).read();
    } catch (SQLException e) {
      throw new DataVerificationException(
          "Database '"
              + database
              + "' of DB instance "
              + endpoint.dbInstanceIdentifier()
              + " could not be read: SQLSTATE "
              + e.getSQLState()
              + ". Nothing was changed. Mend it and resume.",
          e);
    }
  }

  private static List<Evidence> compare(Map<String, String> original, Map<String, String> other) {
    List<Evidence> evidence = new ArrayList<>();
    TreeSet<String> subjects = new TreeSet<>(original.keySet());
    subjects.addAll(other.keySet());
    for (String subject : subjects) {
      evidence.add(
          new Evidence(
              subject,
              original.getOrDefault(subject, "missing"),
              other.getOrDefault(subject, "missing")));
    }
    return evidence;
  }

  @Override
  public String toString() {
    return "JdbcComparison" + databases;
  }

  /** Builds a comparison. Not safe for use by several threads. */
  public static final class Builder {

    private final List<String> databases = new ArrayList<>();
    private Optional<String> user = Optional.empty();
    private Optional<Supplier<String>> password = Optional.empty();
    private Optional<ConnectionSource> connector = Optional.empty();
    private int fetchSize = 1_000;

    private Builder() {}

    /**
     * Required, once or more: a database to compare.
     *
     * @param database its name
     * @return this builder
     */
    public Builder database(String database) {
      databases.add(Objects.requireNonNull(database, "database"));
      return this;
    }

    /**
     * Who reads. It has to be allowed to read every table.
     *
     * @param user a name
     * @return this builder
     */
    public Builder user(String user) {
      this.user = Optional.of(user);
      return this;
    }

    /**
     * Tells the password whenever a connection is made. It is not kept.
     *
     * @param password a supplier
     * @return this builder
     */
    public Builder password(Supplier<String> password) {
      this.password = Optional.of(password);
      return this;
    }

    /**
     * Instead of user and password: connects by the caller's means.
     *
     * @param connector connects
     * @return this builder
     */
    public Builder connector(ConnectionSource connector) {
      this.connector = Optional.of(connector);
      return this;
    }

    /**
     * How many rows are held at a time.
     *
     * @param fetchSize 1 to 100,000
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder fetchSize(int fetchSize) {
      if (fetchSize < 1 || fetchSize > 100_000) {
        throw new IllegalArgumentException("fetchSize must be 1 to 100,000, was " + fetchSize);
      }
      this.fetchSize = fetchSize;
      return this;
    }

    /**
     * Builds.
     *
     * @return the comparison
     * @throws IllegalArgumentException if there is no database, or neither a connector nor user and
     *     password
     */
    public JdbcComparison build() {
      return new JdbcComparison(this);
    }
  }
}
