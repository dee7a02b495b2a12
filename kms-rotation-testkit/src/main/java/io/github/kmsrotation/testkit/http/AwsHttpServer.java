package io.github.kmsrotation.testkit.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.kmsrotation.testkit.call.Calls;
import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.fault.Faults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final List<RestService> restServices;
  private final String accountId;
  private final Lock lock;
  private final Timeline timeline;
  private final Gate gate;

  /** What the server shares with the rest of the embedded AWS. */
  public record Shared(
      String accountId, Lock lock, Timeline timeline, Faults faults, Calls calls) {}

  /**
   * @param port the port, or 0 for any
   * @param services the services by name
   * @param restServices the services that route by method and path; the first that takes a request
   *     has it
   * @param shared what is shared
   * @throws IOException if the port cannot be had
   */
  public AwsHttpServer(
      int port, Map<String, AwsService> services, List<RestService> restServices, Shared shared)
      throws IOException {
    this.services = Map.copyOf(services);
    this.restServices = List.copyOf(restServices);
    this.accountId = shared.accountId();
    this.lock = shared.lock();
    this.timeline = shared.timeline();
    this.gate = new Gate(shared.faults(), shared.calls(), timeline);
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
      handle(exchange);
    } catch (IOException e) {
      LOG.debug("A caller went away", e);
    } catch (RuntimeException e) {
      LOG.error("The embedded AWS failed", e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
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
    RestRequest rest = RestExchange.read(exchange, credential.group(1), accountId);
    for (RestService service : restServices) {
      if (service.signingName().equals(credential.group(2)) && service.takes(rest)) {
        answer(exchange, service, rest);
        return;
      }
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    AwsService service = services.get(credential.group(2));
    if (service == null) {
      refuse(exchange, credential.group(2), requestId);
      return;
    }
    answer(exchange, body, service, credential.group(1), requestId);
  }

  private void refuse(HttpExchange exchange, String service, String requestId) throws IOException {
    Set<String> names = new TreeSet<>(services.keySet());
    restServices.forEach(rest -> names.add(rest.signingName()));
    AwsError error =
        AwsError.notModelled("the service " + service + ", only " + String.join(", ", names));
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
    Gate.Outcome<Map<String, Object>> outcome = carryOut(service, region, incoming);
    if (outcome.isDropped()) {
      return;
    }
    byte[] bytes =
        outcome.error().isPresent()
            ? protocol.error(outcome.error().get(), requestId)
            : protocol.answer(incoming.operation(), outcome.answer().orElseThrow(), requestId);
    send(exchange, protocol, outcome.error().map(AwsError::status).orElse(200), bytes, requestId);
  }

  private Gate.Outcome<Map<String, Object>> carryOut(
      AwsService service, String region, WireProtocol.Incoming incoming) throws IOException {
    Operation operation = service.operations().get(incoming.operation());
    if (operation == null) {
      return Gate.Outcome.failed(AwsError.notModelled(service.name() + ":" + incoming.operation()));
    }
    return gate.pass(
        new Gate.Passing(
            service.name(),
            incoming.operation(),
            region,
            incoming.params().names(),
            operation.isMutating() && !isDryRun(incoming.params())),
        AwsError.badRequest(service.protocol().throttlingCode(), "Rate exceeded"),
        () -> call(service, region, incoming, operation));
  }

  /** Which changes nothing, whatever comes of it. */
  private static boolean isDryRun(Params params) {
    try {
      return params.has("DryRun") && params.truth("DryRun").orElse(false);
    } catch (AwsError e) {
      // Refused where the operation reads its parameters.
      return false;
    }
  }

  private Map<String, Object> call(
      AwsService service, String region, WireProtocol.Incoming incoming, Operation operation) {
    requireModelled(
        service.name() + ":" + incoming.operation(), incoming.params().names(), operation.params());
    lock.lock();
    try {
      timeline.catchUp();
      return operation
          .handler()
          .apply(new AwsRequest(region, accountId, incoming.operation(), incoming.params()));
    } finally {
      lock.unlock();
    }
  }

  private static void requireModelled(String operation, Set<String> given, Set<String> modelled) {
    for (String name : given) {
      if (!modelled.contains(name)) {
        throw AwsError.notModelled("the parameter " + name + " of " + operation);
      }
    }
  }

  private void answer(HttpExchange exchange, RestService service, RestRequest request)
      throws IOException {
    String requestId = UUID.randomUUID().toString();
    Gate.Outcome<RestAnswer> outcome;
    try {
      outcome = carryOut(service, request);
    } catch (AwsError e) {
      outcome = Gate.Outcome.failed(e);
    }
    if (outcome.answer().isPresent()) {
      RestExchange.send(exchange, outcome.answer().get(), requestId);
    } else if (outcome.error().isPresent()) {
      RestExchange.send(
          exchange, service.error(outcome.error().get(), request, requestId), requestId);
    }
  }

  private Gate.Outcome<RestAnswer> carryOut(RestService service, RestRequest request)
      throws IOException {
    String name = service.operation(request);
    RestOperation operation = service.operations().get(name);
    if (operation == null) {
      throw AwsError.notModelled(service.name() + ":" + name);
    }
    Set<String> names = RestExchange.names(request);
    return gate.pass(
        new Gate.Passing(service.name(), name, request.region(), names, operation.isMutating()),
        service.throttled(),
        () -> {
          requireModelled(service.name() + ":" + name, names, operation.params());
          return operation.handler().handle(request);
        });
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
