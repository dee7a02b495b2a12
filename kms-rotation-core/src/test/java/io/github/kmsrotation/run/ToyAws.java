package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Names of things that exist, and failures that the next calls meet. */
final class ToyAws {

  private final Set<String> things = new TreeSet<>(Set.of("original"));
  private final List<String> calls = new ArrayList<>();
  private final Deque<RuntimeException> before = new ArrayDeque<>();
  private final Deque<RuntimeException> after = new ArrayDeque<>();
  private String content = "same";
  private boolean ready = true;
  private int closed;

  boolean has(String name) {
    return things.contains(name);
  }

  String make(String name) {
    fail(before);
    calls.add("make " + name);
    things.add(name);
    fail(after);
    return name;
  }

  String remove(String name) {
    fail(before);
    calls.add("remove " + name);
    things.remove(name);
    fail(after);
    return name;
  }

  private static void fail(Deque<RuntimeException> failures) {
    RuntimeException failure = failures.poll();
    if (failure != null) {
      throw failure;
    }
  }

  void failBeforeNextCall(RuntimeException failure) {
    before.add(failure);
  }

  void failAfterNextCall(RuntimeException failure) {
    after.add(failure);
  }

  boolean isReady(String name) {
    return ready;
  }

  void neverGetsReady() {
    ready = false;
  }

  StepOutcome waitFor(String name) {
    return StepOutcome.waiting(
        new Condition("toy:Ready", name, "creating", Duration.ofSeconds(15), Duration.ofHours(1)));
  }

  String content() {
    return content;
  }

  void content(String value) {
    content = value;
  }

  Set<String> things() {
    return things;
  }

  List<String> calls() {
    return calls;
  }

  void close() {
    closed++;
  }

  int timesClosed() {
    return closed;
  }
}
