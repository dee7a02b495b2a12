package io.github.kmsrotation.testkit.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.call.Calls;
import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.fault.Faults;
import io.github.kmsrotation.testkit.fault.Faults.Fault;
import io.github.kmsrotation.testkit.fault.Faults.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Lock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes calls over HTTP, routes them by the service that they are signed for, and has them meet
 * faults. Signatures are not checked; that there is one is.
 */
public final class AwsHttpServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AwsHttpServer.class);
  private static final WireProtocol ANY = new JsonProtocol("Any");
  private static final Pattern CREDENTIAL =
      Pattern.compile("Credential=[^/]+/[0-9]{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request");

  static {
    // The JDK's server reads this once. Without it, Nagle's algorithm and the client's delayed
    // acknowledgement hold every answer back for 40 ms.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, AwsService> services;
  private final String accountId;
  private final Lock lock;
  private final Timeline timeline;
  private final Faults faults;
  private final Calls calls;

  /** What the server shares with the rest of the embedded AWS. */
  public record Shared(
      String accountId, Lock lock, Timeline timeline, Faults faults, Calls calls) {}

  /**
   * @param port the port, or 0 for any
   * @param services the services by name
   * @param shared what is shared
   * @throws IOException if the port cannot be had
   */
  public AwsHttpServer(int port, Map<String, AwsService> services, Shared shared)
      throws IOException {
    this.services = Map.copyOf(services);
    this.accountId = shared.accountId();
    this.lock = shared.lock();
    this.timeline = shared.timeline();
    this.faults = shared.faults();
    this.calls = shared.calls();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /**
   * The port.
   *
   * @return 1 to 65535
   */
  public int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      handle(exchange, body);
    } catch (IOException e) {
      LOG.debug("A caller went away", e);
    } catch (RuntimeException e) {
      LOG.error("The embedded AWS failed", e);
    }
  }

  private void handle(HttpExchange exchange, byte[] body) throws IOException {
    String requestId = UUID.randomUUID().toString();
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    Matcher credential = CREDENTIAL.matcher(authorization == null ? "" : authorization);
    if (!credential.find()) {
      AwsError error =
          authorization == null
              ? new AwsError("MissingAuthenticationToken", 403, "Missing Authentication Token")
              : new AwsError("IncompleteSignature", 400, "Authorization header is malformed");
      send(exchange, ANY, error.status(), errorBody(error), requestId);
      return;
    }
    AwsService service = services.get(credential.group(2));
    if (service == null) {
      refuse(exchange, credential.group(2), requestId);
      return;
    }
    answer(exchange, body, service, credential.group(1), requestId);
  }

  private void refuse(HttpExchange exchange, String service, String requestId) throws IOException {
    AwsError error =
        AwsError.notModelled(
            "the service "
                + service
                + ", only "
                + String.join(", ", new TreeSet<>(services.keySet())));
    byte[] body =
        UnknownService.answer(
            exchange.getRequestHeaders(), exchange.getResponseHeaders(), service, error, requestId);
    send(exchange, error.status(), body, requestId);
  }

  private static byte[] errorBody(AwsError error) throws IOException {
    return ANY.error(error, "");
  }

  private void answer(
      HttpExchange exchange, byte[] body, AwsService service, String region, String requestId)
      throws IOException {
    WireProtocol protocol = service.protocol();
    WireProtocol.Incoming incoming;
    try {
      incoming = protocol.read(exchange.getRequestHeaders(), body);
    } catch (AwsError e) {
      send(exchange, protocol, e.status(), protocol.error(e, requestId), requestId);
      return;
    }
    Result result = carryOut(service, region, incoming);
    if (result.dropped()) {
      return;
    }
    byte[] bytes =
        result.error().isPresent()
            ? protocol.error(result.error().get(), requestId)
            : protocol.answer(incoming.operation(), result.answer(), requestId);
    send(exchange, protocol, result.error().map(AwsError::status).orElse(200), bytes, requestId);
  }

  private record Result(Map<String, Object> answer, Optional<AwsError> error, boolean dropped) {
    static Result failed(AwsError error) {
      return new Result(Map.of(), Optional.of(error), false);
    }

    static Result cut() {
      return new Result(Map.of(), Optional.empty(), true);
    }
  }

  private Result carryOut(AwsService service, String region, WireProtocol.Incoming incoming) {
    Operation operation = service.operations().get(incoming.operation());
    if (operation == null) {
      return Result.failed(AwsError.notModelled(service.name() + ":" + incoming.operation()));
    }
    Optional<Fault> fault = faults.meet(incoming.operation(), operation.isMutating());
    Result result = Result.cut();
    boolean tookEffect = false;
    if (fault.isPresent() && fault.get().kind() == Kind.DROP_BEFORE) {
      fault.get().hook().run();
    } else if (fault.isPresent() && isRefusal(fault.get().kind())) {
      result = Result.failed(refusal(fault.get(), service.protocol()));
    } else {
      result = call(service, region, incoming, operation);
      tookEffect = result.error().isEmpty();
      if (fault.isPresent()) {
        result = late(fault.get(), result);
      }
    }
    record(service, region, incoming, operation, result, tookEffect);
    return result;
  }

  private static boolean isRefusal(Kind kind) {
    return kind == Kind.THROTTLE || kind == Kind.ERROR;
  }

  private static AwsError refusal(Fault fault, WireProtocol protocol) {
    return fault.kind() == Kind.THROTTLE
        ? AwsError.badRequest(protocol.throttlingCode(), "Rate exceeded")
        : new AwsError(fault.code(), fault.status(), "A fault on demand: " + fault.code());
  }

  private static Result late(Fault fault, Result result) {
    fault.hook().run();
    if (fault.kind() == Kind.DROP_AFTER) {
      return Result.cut();
    }
    try {
      Thread.sleep(fault.delay().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return result;
  }

  private Result call(
      AwsService service, String region, WireProtocol.Incoming incoming, Operation operation) {
    for (String name : incoming.params().names()) {
      if (!operation.params().contains(name)) {
        return Result.failed(
            AwsError.notModelled(
                "the parameter " + name + " of " + service.name() + ":" + incoming.operation()));
      }
    }
    lock.lock();
    try {
      timeline.catchUp();
      Map<String, Object> answer =
          operation
              .handler()
              .apply(new AwsRequest(region, accountId, incoming.operation(), incoming.params()));
      return new Result(answer, Optional.empty(), false);
    } catch (AwsError e) {
      return Result.failed(e);
    } catch (RuntimeException e) {
      LOG.error("The embedded AWS failed at {}:{}", service.name(), incoming.operation(), e);
      return Result.failed(new AwsError("InternalFailure", 500, "The embedded AWS failed: " + e));
    } finally {
      lock.unlock();
    }
  }

  private void record(
      AwsService service,
      String region,
      WireProtocol.Incoming incoming,
      Operation operation,
      Result result,
      boolean tookEffect) {
    String outcome = result.dropped() ? "dropped" : result.error().map(AwsError::code).orElse("ok");
    calls.add(
        new Call(
            service.name(),
            incoming.operation(),
            region,
            incoming.params().names(),
            operation.isMutating(),
            outcome,
            tookEffect,
            timeline.now()));
  }

  private static void send(
      HttpExchange exchange, WireProtocol protocol, int status, byte[] body, String requestId)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", protocol.contentType());
    send(exchange, status, body, requestId);
  }

  private static void send(HttpExchange exchange, int status, byte[] body, String requestId)
      throws IOException {
    exchange.getResponseHeaders().set("x-amzn-RequestId", requestId);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
