package io.github.kmsrotation.testkit.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * The address of a DB instance identifier. It stays the same whichever database is behind the
 * identifier, as the DNS name does in AWS. Each identifier has a loopback address of its own, so
 * that the port can be the one that was asked for.
 */
public final class Endpoint implements AutoCloseable {

  private final ServerSocket listener;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile IntSupplier target;

  private Endpoint(ServerSocket listener, IntSupplier target) {
    this.listener = listener;
    this.target = target;
  }

  /**
   * The address that an identifier always has.
   *
   * @param scope what keeps two embedded AWSs of one machine apart, for example a port
   * @param identifier a DB instance identifier
   * @return a loopback address
   */
  public static String addressOf(int scope, String identifier) {
    int hash = (identifier + "/" + scope).hashCode();
    return "127."
        + (1 + Math.floorMod(hash, 250))
        + "."
        + Math.floorMod(hash >> 8, 256)
        + "."
        + (1 + Math.floorMod(hash >> 16, 250));
  }

  /**
   * Opens an address.
   *
   * @param address a loopback address
   * @param port the port that clients connect to
   * @param target tells the port on 127.0.0.1 of the database behind it
   * @return an open endpoint
   * @throws IOException if the address cannot be had
   */
  public static Endpoint open(String address, int port, IntSupplier target) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    try {
      listener.bind(new InetSocketAddress(InetAddress.getByName(address), port));
    } catch (IOException e) {
      listener.close();
      throw new IOException(
          "The embedded RDS cannot listen on "
              + address
              + ":"
              + port
              + ". On macOS, first run: sudo ifconfig lo0 alias "
              + address,
          e);
    }
    Endpoint endpoint = new Endpoint(listener, target);
    start("endpoint-" + address, endpoint::accept);
    return endpoint;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        start("endpoint-connection", () -> connect(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    connections.add(client);
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt())) {
      connections.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread back = start("endpoint-answers", () -> pump(server, client));
      pump(client, server);
      back.join();
      connections.remove(server);
    } catch (IOException | IllegalStateException e) {
      // The database is gone or restarting: the client sees its connection cut.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(client);
    }
  }

  private static void pump(Socket from, Socket to) {
    byte[] buffer = new byte[16_384];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static Thread start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Cuts all connections; new ones are taken. */
  public void cutConnections() {
    connections.forEach(Endpoint::closeQuietly);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more, closed or not.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // It listens no more, which is what is wanted.
    }
    cutConnections();
  }
}
