package io.github.kmsrotation.testkit.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL cluster in a directory, started when somebody first needs it. Safe for use by
 * several threads.
 */
public final class PostgresDatabase implements AutoCloseable {

  private static final String ACCESS_RULES =
      """
      local all all trust
      host all,replication postgres 127.0.0.1/32 trust
      host all all 127.0.0.1/32 scram-sha-256
      """;

  /** Whom and what a new cluster holds; the password never leaves this object. */
  public static final class Origin {
    private final String masterUser;
    private final String masterPassword;
    private final Optional<String> databaseName;

    /**
     * @param masterUser the master user's name
     * @param masterPassword the master user's password
     * @param databaseName the first database, if one is wanted
     */
    public Origin(String masterUser, String masterPassword, Optional<String> databaseName) {
      this.masterUser = masterUser;
      this.masterPassword = masterPassword;
      this.databaseName = databaseName;
    }
  }

  private final Path directory;
  private Optional<Origin> origin;
  private @Nullable EmbeddedPostgres running;
  private boolean closed;

  private PostgresDatabase(Path directory, Optional<Origin> origin) {
    this.directory = directory;
    this.origin = origin;
  }

  /**
   * A new, empty cluster.
   *
   * @param directory where it is to be
   * @param origin its master user
   * @return the cluster, not started
   */
  public static PostgresDatabase create(Path directory, Origin origin) {
    return new PostgresDatabase(directory, Optional.of(origin));
  }

  /**
   * A cluster from a snapshot.
   *
   * @param directory where it is to be
   * @param snapshot the snapshot's directory, which stays as it is
   * @return the cluster, not started
   */
  public static PostgresDatabase restore(Path directory, Path snapshot) {
    DataDirectories.copy(snapshot, directory);
    return new PostgresDatabase(directory, Optional.empty());
  }

  /**
   * A copy of another cluster that follows it, and takes no writes, until it takes over.
   *
   * @param directory where it is to be
   * @param primary which it follows
   * @return the cluster, started
   */
  public static PostgresDatabase follow(Path directory, PostgresDatabase primary) {
    primary.port();
    primary.snapshot(directory);
    try {
      Files.createFile(directory.resolve("standby.signal"));
      Files.writeString(
          directory.resolve("postgresql.auto.conf"),
          "primary_conninfo = '" + connectionTo(primary) + "'\n",
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    PostgresDatabase standby = new PostgresDatabase(directory, Optional.empty());
    standby.port();
    return standby;
  }

  private static String connectionTo(PostgresDatabase primary) {
    return "host=127.0.0.1 user=postgres port=" + primary.port();
  }

  /**
   * Takes over from the cluster that it follows, with all that was committed there.
   *
   * @param primary which it follows, and which takes no writes any more
   */
  public synchronized void takeOver(PostgresDatabase primary) {
    execute(running(), "ALTER SYSTEM SET primary_conninfo = " + literal(connectionTo(primary)));
    execute(running(), "SELECT pg_reload_conf()");
    String position = ask(primary.running(), "SELECT pg_current_wal_lsn()::text");
    String level = "SELECT pg_last_wal_replay_lsn() >= " + literal(position) + "::pg_lsn";
    try {
      while (!ask(running(), level).equals("t")) {
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the standby catches up", e);
    }
    promote();
  }

  /** No longer follows another cluster, and takes writes. */
  public synchronized void promote() {
    execute(running(), "SELECT pg_promote(true, 60)");
  }

  /** Takes no writes until {@link #acceptWrites}, and cuts all sessions. */
  public synchronized void refuseWrites() {
    execute(running(), "ALTER SYSTEM SET default_transaction_read_only = on");
    execute(running(), "SELECT pg_reload_conf()");
    execute(
        running(),
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
  }

  /** Takes writes again, if it was told to refuse them. */
  public synchronized void acceptWrites() {
    if (running != null && !isStandby()) {
      execute(running(), "ALTER SYSTEM RESET default_transaction_read_only");
      execute(running(), "SELECT pg_reload_conf()");
    }
  }

  private boolean isStandby() {
    return ask(running(), "SELECT pg_is_in_recovery()").equals("t");
  }

  private static String ask(EmbeddedPostgres server, String sql) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL refused a question", e);
    }
  }

  /**
   * The port that the process listens on; starts it if it is not running.
   *
   * @return a port on loopback
   */
  public synchronized int port() {
    return running().getPort();
  }

  private EmbeddedPostgres running() {
    if (closed) {
      throw new IllegalStateException("This database was deleted");
    }
    EmbeddedPostgres server = running;
    if (server == null) {
      server = start();
      running = server;
    }
    return server;
  }

  private EmbeddedPostgres start() {
    try {
      if (origin.isPresent()) {
        DataDirectories.copy(EmptyCluster.directory(), directory);
      }
      EmbeddedPostgres server = server(directory).start();
      secure(server);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server that makes the cluster first if the directory holds none. */
  static EmbeddedPostgres.Builder server(Path directory) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(directory)
        .setCleanDataDirectory(false)
        // Whoever holds this database closes it, at the JVM's end too: two would be at odds.
        .setRegisterShutdownHook(false)
        .setPGStartupWait(Duration.ofSeconds(60))
        // An option of initdb like those for locales: the log is copied with every snapshot.
        .setLocaleConfig("wal-segsize", "1")
        // Nothing here outlives the machine, so nothing is forced to its disk.
        .setServerConfig("fsync", "off")
        // What is acknowledged is in the log, from which a standby takes it.
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("shared_buffers", "16MB")
        .setServerConfig("max_connections", "60")
        .setServerConfig("wal_level", "logical")
        .setServerConfig("wal_keep_size", "256MB")
        .setServerConfig("password_encryption", "scram-sha-256");
  }

  private void secure(EmbeddedPostgres server) throws IOException {
    if (origin.isEmpty()) {
      return;
    }
    Origin wanted = origin.get();
    execute(
        server,
        "CREATE ROLE "
            + identifier(wanted.masterUser)
            + " LOGIN CREATEDB CREATEROLE PASSWORD "
            + literal(wanted.masterPassword));
    if (wanted.databaseName.isPresent()) {
      execute(
          server,
          "CREATE DATABASE "
              + identifier(wanted.databaseName.get())
              + " OWNER "
              + identifier(wanted.masterUser));
    }
    Files.writeString(directory.resolve("pg_hba.conf"), ACCESS_RULES);
    execute(server, "SELECT pg_reload_conf()");
    origin = Optional.empty();
  }

  /**
   * Gives a user another password.
   *
   * @param user who is there
   * @param password the new password
   */
  public synchronized void setPassword(String user, String password) {
    execute(running(), "ALTER ROLE " + identifier(user) + " PASSWORD " + literal(password));
  }

  private static void execute(EmbeddedPostgres server, String sql) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      // The statement may hold a password, so it is not told.
      throw new IllegalStateException("PostgreSQL refused a statement: " + e.getSQLState());
    }
  }

  private static String identifier(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /**
   * Copies what is committed now, while clients stay connected and write.
   *
   * @param target a directory that does not exist
   */
  public synchronized void snapshot(Path target) {
    if (running == null && origin.isEmpty()) {
      DataDirectories.copy(directory, target);
      return;
    }
    try (Connection connection = running().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_start_backup('snapshot', true, false)");
      Path log = directory.resolve("pg_wal"); // copied last, as it tells what happens meanwhile
      DataDirectories.copyWithout(Optional.of(log), directory, target);
      String label = stopBackup(statement);
      DataDirectories.copy(log, target.resolve("pg_wal"));
      Files.writeString(target.resolve("backup_label"), label);
      Files.deleteIfExists(target.resolve("postmaster.pid"));
      Files.deleteIfExists(target.resolve("postmaster.opts"));
    } catch (SQLException e) {
      throw new IllegalStateException("The snapshot failed", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stopBackup(Statement statement) throws SQLException {
    try (ResultSet result =
        statement.executeQuery("SELECT labelfile FROM pg_stop_backup(false, false)")) {
      result.next();
      return result.getString(1);
    }
  }

  /** Cuts all connections, as a reboot does, and takes writes again. */
  public synchronized void restart() {
    acceptWrites();
    stop();
  }

  private void stop() {
    EmbeddedPostgres server = running;
    if (server != null) {
      running = null;
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public synchronized void close() {
    stop();
    closed = true;
    DataDirectories.delete(directory);
  }
}
