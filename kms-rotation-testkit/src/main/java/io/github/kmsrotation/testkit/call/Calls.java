package io.github.kmsrotation.testkit.call;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The calls that reached the embedded AWS: the newest million, so that a server that runs for days
 * does not fill its memory. Safe for use by several threads.
 */
public final class Calls {

  private static final int MOST = 1_000_000;

  private final Deque<Call> calls = new ArrayDeque<>();

  /**
   * Remembers a call.
   *
   * @param call the call
   */
  public synchronized void add(Call call) {
    if (calls.size() == MOST) {
      calls.removeFirst();
    }
    calls.addLast(call);
  }

  /**
   * All calls.
   *
   * @return in order
   */
  public synchronized List<Call> all() {
    return List.copyOf(calls);
  }

  /**
   * The calls of operations that change something.
   *
   * @return in order
   */
  public List<Call> mutating() {
    return all().stream().filter(Call::isMutating).toList();
  }

  /**
   * The calls of one operation.
   *
   * @param operation its name
   * @return in order
   */
  public List<Call> of(String operation) {
    return all().stream().filter(call -> call.operation().equals(operation)).toList();
  }

  /** Forgets all calls so far. */
  public synchronized void clear() {
    calls.clear();
  }
}
