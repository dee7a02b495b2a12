package io.github.kmsrotation.testkit.call;

import java.util.ArrayList;
import java.util.List;

/** Every call that reached the embedded AWS. Safe for use by several threads. */
public final class Calls {

  private final List<Call> calls = new ArrayList<>();

  /**
   * Remembers a call.
   *
   * @param call the call
   */
  public synchronized void add(Call call) {
    calls.add(call);
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
