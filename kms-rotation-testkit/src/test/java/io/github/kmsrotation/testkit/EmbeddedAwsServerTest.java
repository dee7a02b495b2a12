package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.Endpoint;
import software.amazon.awssdk.services.sts.StsClient;

/** The embedded AWS as a program: it serves until it is ended, and leaves nothing behind. */
class EmbeddedAwsServerTest {

  private static final Pattern ENDPOINT = Pattern.compile("AWS_ENDPOINT_URL=(http://[0-9.:]+)");

  private static Process start(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")
                    + File.pathSeparator
                    + System.getProperty("surefire.test.class.path", ""),
                EmbeddedAwsServer.class.getName()));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static URI endpointOf(Process server) throws IOException {
    BufferedReader output = server.inputReader(StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      Matcher endpoint = ENDPOINT.matcher(line);
      if (endpoint.find()) {
        return URI.create(endpoint.group(1));
      }
    }
    throw new AssertionError("The server ended: " + lines);
  }

  @Test
  void server_whenTerminated_hasServedEveryServiceAndEndsItsPostgres() throws Exception {
    Process server =
        start(
            "--port",
            "0",
            "--region",
            "us-east-1",
            "--account",
            "444455556666",
            "--speed",
            "60000");
    try {
      URI endpoint = endpointOf(server);
      try (StsClient sts = Clients.of(StsClient.builder(), endpoint, "us-east-1");
          KmsClient kms = Clients.of(KmsClient.builder(), endpoint, "us-east-1");
          RdsClient rds = Clients.of(RdsClient.builder(), endpoint, "us-east-1")) {
        assertThat(sts.getCallerIdentity().account()).isEqualTo("444455556666");
        assertThat(kms.createKey().keyMetadata().arn()).contains("us-east-1:444455556666");
        ProcessHandle postgres = postgresBehind(createDatabase(rds));
        assertThat(postgres.isAlive()).isTrue();

        server.destroy();

        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(postgres.onExit()).succeedsWithin(Duration.ofSeconds(60));
        assertThatThrownBy(kms::listKeys).hasMessageContaining("Connection refused");
      }
    } finally {
      server.destroyForcibly();
    }
  }

  private static Endpoint createDatabase(RdsClient rds) {
    rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier("orders")
                .engine("postgres")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(20)
                .masterUsername("orders_admin")
                .masterUserPassword("secret-password")
                .dbName("orders"));
    return rds.waiter()
        .waitUntilDBInstanceAvailable(r -> r.dbInstanceIdentifier("orders"))
        .matched()
        .response()
        .orElseThrow()
        .dbInstances()
        .get(0)
        .endpoint();
  }

  private static ProcessHandle postgresBehind(Endpoint endpoint) throws SQLException {
    String url = "jdbc:postgresql://" + endpoint.address() + ":" + endpoint.port() + "/orders";
    try (Connection connection =
            DriverManager.getConnection(url, "orders_admin", "secret-password");
        Statement statement = connection.createStatement();
        ResultSet backend = statement.executeQuery("SELECT pg_backend_pid()")) {
      backend.next();
      return ProcessHandle.of(backend.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--port, 70000, port must be 0 to 65535",
    "--port, http, that is not a number",
    "--region, moon, Not a Region",
    "--account, 12, twelve digits",
    "--speed, 0, speed must be 1 to",
    "--prot, 4566, There is no option --prot"
  })
  void server_withABadOption_saysWhichAndWhatThereIs(String option, String value, String says)
      throws Exception {
    Process server = start(option, value);

    String output = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(server.waitFor()).isEqualTo(2);
    assertThat(output).contains(option, says, "--account A");
  }

  @Test
  void server_whenThePortIsTaken_saysSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Process server = start("--port", String.valueOf(taken.getLocalPort()));

      String output = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(server.waitFor()).isEqualTo(1);
      assertThat(output).contains("Port " + taken.getLocalPort() + " cannot be had", "--port 0");
    }
  }
}
