package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.Verification;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Compares two PostgreSQL databases table by table over JDBC: columns, indexes, constraints, views,
 * sequences, functions, triggers and extensions by their definitions, and every row by content. The
 * evidence holds counts and checksums of rows and a SHA-256 of each definition, never a row or a
 * definition, since those may hold secrets. Rows are streamed, so memory does not grow with them.
 * Each side is read in one read-only transaction of its own. The driver, {@code
 * org.postgresql:postgresql}, is the caller's to have on the class path. Immutable; safe for use by
 * several threads.
 *
 * <p>Row security is turned off for reading: PostgreSQL then refuses to read a table of which the
 * user may not see every row, instead of leaving rows out. See <a
 * href="https://www.postgresql.org/docs/current/ddl-rowsecurity.html">Row Security Policies</a>.
 *
 * <p>A sequence of the replacement may be up to 32 values, times its increment, ahead of the
 * original's: PostgreSQL logs a sequence's values 32 in advance, and goes on from there after a
 * recovery. Behind, or further ahead, is a difference.
 *
 * <p>Defaults: 1,000 rows are fetched at a time, which keeps a table of wide rows within a few
 * megabytes; a server may be silent for 30 minutes, since a restored DB instance loads what it
 * reads from Amazon S3 first; to log in, it has one minute.
 */
public final class JdbcComparison implements DataVerifier {

  private static final int MOST_DIFFERENCES = 200;

  private final List<String> databases;
  private final PostgresAccess access;
  private final int fetchSize;
  private final Duration readTimeout;

  private JdbcComparison(Builder builder) {
    if (builder.databases.isEmpty()) {
      throw new IllegalArgumentException("Name a database: call database(...)");
    }
    this.databases = List.copyOf(builder.databases);
    this.fetchSize = builder.fetchSize;
    this.readTimeout = builder.readTimeout;
    this.access =
        builder
            .connector
            .map(PostgresAccess::by)
            .orElseGet(
                () ->
                    PostgresAccess.withPassword(
                        builder.user.orElseThrow(
                            () -> new IllegalArgumentException("Call user(...) or connector(...)")),
                        builder.password.orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    "Call password(...) or passwordOf(...)"))));
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
    requirePostgres(original);
    List<Evidence> evidence = new ArrayList<>();
    for (String database : databases) {
      evidence.addAll(compare(read(original, database), read(replacement, database)));
    }
    boolean same = evidence.stream().allMatch(Evidence::matches);
    return same ? Verification.passed(evidence) : Verification.failed(shortened(evidence));
  }

  @Override
  public List<Evidence> contentOf(DatabaseEndpoint database) {
    requirePostgres(database);
    List<Evidence> evidence = new ArrayList<>();
    for (String name : databases) {
      PostgresContent content = read(database, name);
      evidence.addAll(compare(content, content));
    }
    return evidence;
  }

  private static void requirePostgres(DatabaseEndpoint database) {
    Optional<Notice> otherEngine = otherEngine(database);
    if (otherEngine.isPresent()) {
      throw new DataVerificationException(otherEngine.get().toString());
    }
  }

  /**
   * Logs in to each database of the original and asks for each table with no rows, for the
   * sequences and for the large objects. A table that somebody else locks for more than 10 seconds
   * is a problem, too.
   */
  @Override
  public List<Notice> preflight(DatabaseEndpoint original) {
    return otherEngine(original)
        .map(List::of)
        .orElseGet(
            () ->
                databases.stream()
                    .flatMap(name -> new PostgresTrial(access, original, name).problems().stream())
                    .toList());
  }

  private static Optional<Notice> otherEngine(DatabaseEndpoint endpoint) {
    return endpoint.engine().equals("postgres")
        ? Optional.empty()
        : Optional.of(
            new Notice(
                endpoint.dbInstanceIdentifier(),
                "JdbcComparison compares PostgreSQL databases; "
                    + endpoint.dbInstanceIdentifier()
                    + " is "
                    + endpoint.engine()
                    + ".",
                "Give a DataVerifier of your own."));
  }

  private static List<Evidence> shortened(List<Evidence> evidence) {
    return evidence.stream().filter(e -> !e.matches()).limit(MOST_DIFFERENCES).toList();
  }

  private PostgresContent read(DatabaseEndpoint endpoint, String database) {
    try (Connection connection = access.connect(endpoint, database)) {
      connection.setNetworkTimeout(Runnable::run, Math.toIntExact(readTimeout.toMillis()));
      PostgresContent content = new PostgresContent(connection, database, fetchSize);
      try {
        content.read();
      } catch (SQLException e) {
        throw unreadable(endpoint, database, content.reading(), SqlFailure.of(e));
      }
      return content;
    } catch (SQLException e) {
      throw access.refused(endpoint, database, e);
    }
  }

  private DataVerificationException unreadable(
      DatabaseEndpoint endpoint, String database, String what, SqlFailure failure) {
    return new DataVerificationException(
        access.name(endpoint, database)
            + " cannot be read: "
            + what
            + ": "
            + failure.words()
            + ". "
            + failure.remedyOfReading(),
        failure.cause());
  }

  private static List<Evidence> compare(PostgresContent original, PostgresContent other) {
    List<Evidence> evidence = new ArrayList<>();
    compare(
        evidence,
        original.values(),
        other.values(),
        (subject, expected, actual) -> new Evidence(subject, expected, actual));
    compare(
        evidence,
        original.sequences(),
        other.sequences(),
        (subject, expected, actual) -> expected.compare(subject, actual));
    return evidence;
  }

  /** Compares what both sides have. */
  private interface Compared<T> {
    Evidence compare(String subject, T expected, T actual);
  }

  private static <T> void compare(
      List<Evidence> evidence,
      SortedMap<String, T> original,
      SortedMap<String, T> other,
      Compared<T> compared) {
    TreeSet<String> subjects = new TreeSet<>(original.keySet());
    subjects.addAll(other.keySet());
    for (String subject : subjects) {
      Optional<T> expected = Optional.ofNullable(original.get(subject));
      Optional<T> actual = Optional.ofNullable(other.get(subject));
      evidence.add(
          expected.isPresent() && actual.isPresent()
              ? compared.compare(subject, expected.get(), actual.get())
              : new Evidence(subject, orMissing(expected), orMissing(actual)));
    }
  }

  private static String orMissing(Optional<?> value) {
    return value.map(Object::toString).orElse("missing");
  }

  @Override
  public String toString() {
    return "JdbcComparison" + databases;
  }

  /** Builds a comparison. Not safe for use by several threads. */
  public static final class Builder {

    private final List<String> databases = new ArrayList<>();
    private Optional<String> user = Optional.empty();
    private Optional<Function<DatabaseEndpoint, String>> password = Optional.empty();
    private Optional<ConnectionSource> connector = Optional.empty();
    private int fetchSize = 1_000;
    private Duration readTimeout = Duration.ofMinutes(30);

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
     * Tells the password of both DB instances whenever a connection is made. It is not kept. Where
     * RDS manages the master user's password, the two differ: use {@link #passwordOf}.
     *
     * @param password a supplier
     * @return this builder
     */
    public Builder password(Supplier<String> password) {
      Objects.requireNonNull(password, "password");
      return passwordOf(endpoint -> password.get());
    }

    /**
     * Tells the password of one of the two DB instances whenever a connection is made to it, for
     * example from the secret that {@code DescribeDBInstances} names as its {@code
     * MasterUserSecret}. It is not kept.
     *
     * @param password from the DB instance to its password
     * @return this builder
     */
    public Builder passwordOf(Function<DatabaseEndpoint, String> password) {
      this.password = Optional.of(password);
      return this;
    }

    /**
     * Instead of user and password: connects by the caller's means. Of an {@code SQLException} that
     * it throws the SQLSTATE is told and not the message, which may hold a URL with a password.
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
     * How long a server may send nothing before the comparison fails, also over a connection of
     * {@link #connector}.
     *
     * @param readTimeout one second to 24 hours
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder readTimeout(Duration readTimeout) {
      if (readTimeout.compareTo(Duration.ofSeconds(1)) < 0
          || readTimeout.compareTo(Duration.ofHours(24)) > 0) {
        throw new IllegalArgumentException(
            "readTimeout must be one second to 24 hours, was " + InWords.exactly(readTimeout));
      }
      this.readTimeout = readTimeout;
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
